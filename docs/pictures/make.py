"""Make the pictures of this folder from generated prints: `python docs/pictures/make.py`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from biometrics.imaging.image import Image
from fingerprint.drawing import draw_comparison, draw_print
from fingerprint.extraction.extractor import extract
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.explanation import explain
from fingerprint.synthetic import Finger
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry

_FOLDER = Path(__file__).parent
_COLOURS = 24
_WIDTH, _HEIGHT = 900, 600  # pixels, at most


def main() -> None:
    """Draw one print twice, a mated and a non-mated comparison."""
    session = ModelRegistry(Path(tempfile.gettempdir()) / "pehchan-pictures").open_session("leader")

    def printed(finger: int, impression: int) -> tuple[NDArray[np.uint8], FingerprintTemplate]:
        pixels = Finger.generate(finger).impression(impression)
        return pixels, extract(Image(pixels, 500.0, "image/png"), session)

    first, second, other = printed(7, 0), printed(7, 1), printed(8, 0)
    _save(draw_print(*first), "minutiae.png")
    _save(draw_print(*first, ridges=True), "ridges.png")
    for name, candidate in (("mated.png", second), ("non-mated.png", other)):
        explanation = explain(prepare(first[1]), prepare(candidate[1]))
        _save(draw_comparison(first, candidate, explanation), name)


def _save(picture: NDArray[np.uint8], name: str) -> None:
    whole = Pillow.fromarray(picture)
    whole.thumbnail((_WIDTH, _HEIGHT))
    whole.quantize(_COLOURS, dither=Pillow.Dither.NONE).save(_FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
