"""Photos made of pixels, for tests."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from biometrics.imaging.image import Image

Pixels = NDArray[np.uint8]


def photo(pixels: Pixels) -> Image:
    """Return pixels as the photo that `biometrics.imaging.image.decode` makes of their file."""
    kept = np.ascontiguousarray(pixels)
    kept.setflags(write=False)
    return Image(kept, None, "image/png")


def resized(pixels: Pixels, factor: float) -> Pixels:
    """Return a photo of another size, by a resampling that is not the engine's own."""
    size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
    return np.asarray(Pillow.fromarray(pixels).resize(size, Pillow.Resampling.LANCZOS))


def jpeg(pixels: Pixels, **options: object) -> bytes:
    """Return a photo as a JPEG file."""
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", quality=92, **options)
    return file.getvalue()
