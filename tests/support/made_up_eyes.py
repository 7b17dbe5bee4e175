"""Photos of made-up eyes as a good camera takes them, each drawn once."""

from __future__ import annotations

from functools import cache

from biometrics.imaging.image import Image
from iris.synthetic.eye import NEAR, Framing, well_taken

drawn = cache(well_taken)


def photo(eye: int, shot: int = 0, framing: Framing = NEAR) -> Image:
    return Image(drawn(eye, shot, framing).pixels, None, "image/png")
