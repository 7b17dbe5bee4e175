"""Bytes to pixels: the only way to decode an image file."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from biometrics.imaging import decoder
from biometrics.imaging.decoder import MAX_PPI, MIN_PPI
from biometrics.kernel.errors import (
    EmptyImage,
    ImageTooLarge,
    InvalidField,
    InvalidResolution,
    UndecodableImage,
    UnsupportedImage,
)
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Source
from biometrics.kernel.technique.helper_process import HelperPool
from biometrics.kernel.technique.limits import MAX_FILE_BYTES

SECONDS = 120  # until an answer, many times the processor time that a file may take: a machine may be busy
FAST = 1  # how hard a PNG is compressed: large images take ten times as long with zlib's default

# How a file of a media type is named.
SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/jp2": ".jp2",
    "image/x-wsq": ".wsq",
    "image/jpx": ".jpx",
    "image/x-portable-graymap": ".pgm",
    "image/x-portable-pixmap": ".ppm",
}
_ERRORS = {error.__name__: error for error in (UnsupportedImage, UndecodableImage, ImageTooLarge)}
_DECODERS = HelperPool([sys.executable, "-I", decoder.__file__], SECONDS)


@dataclass(frozen=True)
class Image:
    """A decoded image.

    `pixels` is uint8, shape (height, width) for grey or (height, width, 3) for RGB, read-only, upright after EXIF.
    `ppi` is the resolution in pixels an inch, stated by the file or the caller. `media_type` names the file's
    format.
    """

    pixels: NDArray[np.uint8]
    ppi: float | None
    media_type: str

    @property
    def source(self) -> Source:
        """The facts to store about the file, besides its bytes."""
        return Source(self.media_type, self.width, self.height, self.ppi)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    def grey(self) -> NDArray[np.uint8]:
        """Return the pixels as grey, shape (height, width)."""
        if self.pixels.ndim == 2:
            return self.pixels
        return np.asarray(Pillow.fromarray(self.pixels).convert("L"))

    def rgb(self) -> NDArray[np.uint8]:
        """Return the pixels as RGB, shape (height, width, 3)."""
        return self.pixels if self.pixels.ndim == 3 else np.repeat(self.pixels[:, :, None], 3, axis=2)

    def within(self, box: CropBox | None) -> Image:
        """Return the part of the image within a box, or all of it.

        Raises:
            InvalidField: the box does not lie in the image.
        """
        if box is None:
            return self
        left, top, right, bottom = box
        if not (0 <= left < right <= self.width and 0 <= top < bottom <= self.height):
            raise InvalidField(
                f"The box {left}, {top}, {right}, {bottom} does not lie in the image of {self.width} x {self.height} "
                "pixels; give its left, top, right and bottom edge."
            )
        return replace(self, pixels=self.pixels[top:bottom, left:right])


def decode(content: bytes, ppi: float | None = None) -> Image:
    """Decode an image file; `ppi`, where given, wins over the file's own tag.

    Raises:
        EmptyImage, UnsupportedImage, UndecodableImage, ImageTooLarge, InvalidResolution.
    """
    if ppi is not None and not MIN_PPI <= ppi <= MAX_PPI:
        raise InvalidResolution(f"{ppi:g} ppi is not a scanner's resolution; give {MIN_PPI:g} to {MAX_PPI:g}.")
    if not content:
        raise EmptyImage("The image file is empty; capture or choose it again.")
    if len(content) > MAX_FILE_BYTES:
        raise ImageTooLarge(f"The file has {len(content):,} bytes; at most {MAX_FILE_BYTES:,} are accepted.")
    pixels, tag, media_type = _decoded(content)
    pixels.setflags(write=False)
    return Image(pixels, ppi if ppi is not None else tag, media_type)


def _decoded(content: bytes) -> tuple[NDArray[np.uint8], float | None, str]:
    """Return the helper process's answer: pixels, the ppi that the file states, media type."""
    answer = _DECODERS.ask(content)
    if answer is None:
        raise UndecodableImage(
            "The image file is damaged, or takes more memory or time to decode than allowed; save or capture it again."
        )
    end = answer.index(b"\n") + 1
    head = json.loads(answer[:end])
    if error := head.get("error"):
        raise _ERRORS[error](head["detail"])
    return np.frombuffer(answer, np.uint8, offset=end).reshape(head["shape"]), head["ppi"], head["media_type"]


def png(content: bytes, side: int | None = None) -> bytes:
    """Render an image file of any format read here as a PNG, which every browser shows; its ppi comes along.

    `side`, where given, is the longest side that the rendering may have, in pixels: a larger image is made smaller.

    Raises:
        EmptyImage, UnsupportedImage, UndecodableImage, ImageTooLarge.
    """
    image = decode(content)
    picture, ppi = Pillow.fromarray(image.pixels), image.ppi
    if side is not None and side < max(picture.size):
        ppi = ppi and ppi * side / max(picture.size)
        picture.thumbnail((side, side), Pillow.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=FAST, **({"dpi": (ppi, ppi)} if ppi else {}))
    return file.getvalue()


def png_of(image: Image) -> bytes:
    """Return an image's pixels as a PNG file with its resolution, 500 ppi where it has none."""
    file = io.BytesIO()
    ppi = image.ppi or 500.0
    Pillow.fromarray(image.pixels).save(file, "PNG", dpi=(ppi, ppi))
    return file.getvalue()


def grey_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return grey pixels, shape (height, width), as a PNG."""
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
