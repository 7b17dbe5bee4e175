"""Altered prints as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from biometrics.imaging.image import decode
from fingerprint.extraction.resolution import resampled
from fingerprint.parameters import PPI
from fingerprint.synthetic.alterations import Alteration, alter

IMAGE_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg", ".jp2", ".wsq"})


def write_altered(paths: Sequence[Path], folder: Path, ppi: float, seed: int) -> Iterator[list[dict[str, str]]]:
    """Write `<name>.<kind>.png` of each print and kind at 500 ppi; yield file, source and kind of each print's.

    What is sewn in comes from the print before in the list. `ppi` is taken where a file does not state its resolution.
    Prints of which too little shows are left out.

    Raises:
        BadImage: a file cannot be decoded.
    """
    other = _read(paths[-1], ppi)
    for number, path in enumerate(paths):
        pixels, rows = _read(path, ppi), []
        for kind_index, kind in enumerate(Alteration):
            altered = alter(pixels, other, kind, np.random.default_rng((seed, number, kind_index)))
            if altered is not None:
                file = f"{path.stem}.{kind}.png"
                Pillow.fromarray(altered.pixels).save(folder / file, dpi=(PPI, PPI))
                rows.append({"file": file, "source": path.name, "kind": str(kind)})
        other = pixels
        yield rows


def _read(path: Path, ppi: float) -> NDArray[np.uint8]:
    image = decode(path.read_bytes())
    return resampled(image.grey(), PPI / (image.ppi or ppi))
