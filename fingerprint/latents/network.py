"""The network that finds the minutiae of latents: LEADER, trained further on latents (docs/latents.md)."""

from __future__ import annotations

import io
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from models.leader.network import leader
from models.session import ModelSession
from models.trained import trained_content

MIN_QUALITY = 0.2  # of a minutia of a latent that the published LEADER finds; of other prints it keeps only surer ones
WEIGHTS = "latents"  # in models/trained


class LatentNetwork(NamedTuple):
    """What finds the minutiae of latents: a session on LEADER or a further training of it, and the least quality."""

    session: ModelSession
    min_quality: float = MIN_QUALITY

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the file of its weights, by which a reading of a latent names it."""
        return self.session.sha256


@cache
def latent_network() -> LatentNetwork:
    """Return the network that the service finds the minutiae of latents with.

    Raises:
        ModelMissing, ModelMismatch: as for `models.trained.trained_content`.
    """
    return opened_network(trained_content(WEIGHTS))


def opened_network(content: bytes) -> LatentNetwork:
    """Open the bytes of a file that `benchmarks.training.latents export` wrote.

    Raises:
        ValueError, KeyError: not such a file.
    """
    model = leader(content, quantised=False)
    with np.load(io.BytesIO(content)) as arrays:
        least = float(arrays["min_quality"])
    return LatentNetwork(ModelSession.open(WEIGHTS, sha256(content).hexdigest(), model, threads=1), least)
