"""The truth about a generated latent: the files that `pehchan synth latents` writes next to it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from benchmarks.metrics.minutiae import Minutiae
from fingerprint.latents.marked import read_json
from fingerprint.parameters import PPI
from fingerprint.template import FingerprintTemplate


def known_minutiae(latent: Path) -> Minutiae | None:
    """Return the finger's own minutiae in a latent, at 500 ppi; None where they are not known."""
    file = latent.with_name("minutiae.json")
    if not file.exists():
        return None
    marked = read_json(file.read_bytes())
    scale = PPI / marked.ppi
    rows = [(scale * minutia.x, scale * minutia.y, minutia.direction) for minutia in marked.minutiae]
    return np.array(rows, np.float64).reshape(-1, 3)


def points(template: FingerprintTemplate) -> Minutiae:
    """Return the minutiae of a template."""
    return np.stack([template.x, template.y, template.direction], axis=1).astype(np.float64)


def class_of(latent: Path) -> str:
    """Return what a latent was left on, or that another print lies across it; empty where that is not known."""
    file = latent.with_name("latent.json")
    if not file.exists():
        return ""
    about = json.loads(file.read_bytes())
    return "another print across it" if about["overlapped"] else str(about["surface"])
