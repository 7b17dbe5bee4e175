"""Bytes to pixels: the only place where an image file is decoded."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from biometrics.imaging import wsq
from biometrics.kernel.errors import (
    BadImage,
    EmptyImage,
    ImageTooLarge,
    InvalidResolution,
    UndecodableImage,
    UnsupportedImage,
)
from biometrics.kernel.types import Source

MAX_BYTES = 25_000_000
MAX_PIXELS = 50_000_000  # a ten-print card at 1000 ppi is 8 x 8 inches: 64 million would be the whole card
MIN_SIDE = 16  # pixels
MAX_SIDE = 25_000  # pixels: a card of 12 inches at 2100 ppi
MAX_ASPECT = 32  # of the longer side by the shorter one; no print, card or photo is as narrow
MAX_SCANS = 100  # of a JPEG file: a progressive one has about ten, and each goes over all pixels again
FAST = 1  # how hard a PNG is compressed: large images take ten times as long with zlib's default

# Below 180 ppi a tag is a display's default (72, 96, 1), not a scanner's; above 2100 no scanner exists.
MIN_PPI, MAX_PPI = 180.0, 2100.0

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "JPEG2000", "PPM")
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
_SCAN = b"\xff\xda"  # starts a scan of a JPEG file; inside the data of one, 0xff is followed by zero
READABLE = "PNG, JPEG, TIFF, BMP, JPEG 2000, WSQ or PGM"


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


def decode(content: bytes, ppi: float | None = None) -> Image:
    """Decode an image file; `ppi`, where given, wins over the file's own tag.

    Raises:
        EmptyImage, UnsupportedImage, UndecodableImage, ImageTooLarge, InvalidResolution.
    """
    if ppi is not None and not MIN_PPI <= ppi <= MAX_PPI:
        raise InvalidResolution(f"{ppi:g} ppi is not a scanner's resolution; give {MIN_PPI:g} to {MAX_PPI:g}.")
    if not content:
        raise EmptyImage("The image file is empty; capture or choose it again.")
    if len(content) > MAX_BYTES:
        raise ImageTooLarge(f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} are accepted.")
    pixels, tag, media_type = _decode_wsq(content) if content.startswith(wsq.MAGIC) else _decode_pillow(content)
    pixels.setflags(write=False)
    return Image(pixels, ppi if ppi is not None else tag, media_type)


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


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(f"The image has {width} x {height} pixels; at most {MAX_PIXELS:,} are accepted.")
    if min(width, height) < MIN_SIDE:
        raise UndecodableImage(f"The image has {width} x {height} pixels, too few to show anything.")
    longest = max(width, height)
    if longest > MAX_SIDE or longest > MAX_ASPECT * min(width, height):
        raise ImageTooLarge(
            f"The image has {width} x {height} pixels; a side may have {MAX_SIDE:,}, and the longer one "
            f"{MAX_ASPECT} times the shorter one."
        )


def _check_scans(content: bytes) -> None:
    """Refuse a JPEG file that goes over its pixels so often that a few bytes keep a processor busy for an hour."""
    if content.count(_SCAN) > MAX_SCANS:
        raise UndecodableImage(f"The JPEG file has more than {MAX_SCANS} scans; save it again.")


def _decode_pillow(content: bytes) -> tuple[NDArray[np.uint8], float | None, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of bombs, where _check_size refuses by our own limit; of damaged metadata
            picture = Pillow.open(io.BytesIO(content), formats=FORMATS)
            _check_size(*picture.size)
            if picture.format in ("JPEG", "MPO"):
                _check_scans(content)
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            media_type = picture.get_format_mimetype() or "application/octet-stream"
            return _eight_bit(upright), _plausible(picture.info.get("dpi")), media_type
    except BadImage:
        raise
    except Pillow.DecompressionBombError as error:
        raise ImageTooLarge(f"The image has too many pixels; at most {MAX_PIXELS:,} are accepted.") from error
    except UnidentifiedImageError as error:
        raise UnsupportedImage(f"This is not an image that can be read; send {READABLE}.") from error
    except Exception as error:  # what a hostile file makes Pillow raise has no end
        raise UndecodableImage("The image file is cut short or damaged; send it again, or capture it again.") from error


def _plausible(dpi: Any) -> float | None:
    """Return the resolution that a file states, None if it states none or one that no scanner has.

    `dpi` is what Pillow read: a pair of numbers, or anything else that the file has in their place.
    """
    ppi: Any = dpi[0] if isinstance(dpi, Sequence) and dpi else dpi
    is_number = isinstance(ppi, Real)
    return float(ppi) if is_number and MIN_PPI <= ppi <= MAX_PPI else None


def _eight_bit(picture: Pillow.Image) -> NDArray[np.uint8]:
    """Return grey or RGB pixels; transparency is laid on white, 16 bits are scaled to 8."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Pillow.alpha_composite(Pillow.new("RGBA", layer.size, "white"), layer).convert("RGB")
    if picture.mode.startswith("I;16"):
        return (np.asarray(picture).astype(np.uint16) >> 8).astype(np.uint8)
    if picture.mode in ("1", "L", "I", "F"):
        return np.array(picture.convert("L"), dtype=np.uint8)
    return np.array(picture.convert("RGB"), dtype=np.uint8)


def _decode_wsq(content: bytes) -> tuple[NDArray[np.uint8], float | None, str]:
    _check_size(*wsq.size(content))
    pixels, ppi = wsq.decode(content)
    _check_size(pixels.shape[1], pixels.shape[0])
    return pixels, _plausible(ppi), "image/x-wsq"
