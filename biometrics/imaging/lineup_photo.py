"""Photos of a line-up made alike: one crop around the face and one size. No pixel of a face is changed otherwise."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import CropBox

WIDTH: Final = 400  # pixels
HEIGHT: Final = 500
_FACES: Final = 2.0  # height of the picture in heights of the face from forehead to chin
_ABOVE: Final = 0.5  # heights of the face above it: hair, and a turban as far as it reaches
_FILLING: Final = 200  # grey of what lies outside the original photo
_COLOURED: Final = 4.0  # mean distance of a pixel's channels, of 255, from which on a photo is in colour


def portrait_box(face: tuple[float, float, float, float]) -> CropBox:
    """Return the part of a photo to show, from the place of the face: x, y, width and height in pixels."""
    left, top, width, height = face
    tall = height * _FACES
    wide = tall * WIDTH / HEIGHT
    x, y = left + width / 2 - wide / 2, top - height * _ABOVE
    return CropBox(round(x), round(y), round(x) + max(1, round(wide)), round(y) + max(1, round(tall)))


def lineup_photo(image: Image, box: CropBox, greyscale: bool) -> NDArray[np.uint8]:
    """Return the picture within a box that may reach past the photo's edge: uint8, shape (HEIGHT, WIDTH[, 3])."""
    pixels = image.grey() if greyscale or image.pixels.ndim == 2 else image.pixels
    canvas = np.full((box.bottom - box.top, box.right - box.left, *pixels.shape[2:]), _FILLING, np.uint8)
    left, top = max(box.left, 0), max(box.top, 0)
    right, bottom = min(box.right, image.width), min(box.bottom, image.height)
    if left < right and top < bottom:
        canvas[top - box.top : bottom - box.top, left - box.left : right - box.left] = pixels[top:bottom, left:right]
    return np.asarray(Pillow.fromarray(canvas).resize((WIDTH, HEIGHT), Pillow.Resampling.BICUBIC))


def pixels_sha256(pixels: NDArray[np.uint8]) -> str:
    """Return the SHA-256 (hex) of a picture: of its shape and its pixels, whatever file they come in."""
    return sha256(f"{pixels.shape}".encode() + np.ascontiguousarray(pixels).tobytes()).hexdigest()


def is_grey(image: Image) -> bool:
    """Say whether a photo has no colour."""
    if image.pixels.ndim == 2:
        return True
    return float(np.ptp(image.pixels.astype(np.int16), axis=2).mean()) < _COLOURED


def brightness(pixels: NDArray[np.uint8]) -> int:
    """Return the mean of a picture, 0 to 255."""
    return round(float(pixels.mean()))


def filled(image: Image, box: CropBox) -> float:
    """Return the share of a picture that lies outside the original photo."""
    wide = max(0, min(box.right, image.width) - max(box.left, 0))
    tall = max(0, min(box.bottom, image.height) - max(box.top, 0))
    return round(1 - wide * tall / ((box.right - box.left) * (box.bottom - box.top)), 3)


def lineup_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file, without any other data."""
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
