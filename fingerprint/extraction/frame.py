"""A frame around the image, as scanners and screenshots leave one: uniform lines along a whole side, painted as paper.

`print_mask` (`enhancement.py`) takes such a frame for strong ridges and all that it encloses for print, so that ridges
are drawn on white paper and the drawing is not borne out. Frames that are askew are not seen; a sensor's even
background that is darker than the valleys can be taken for one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDEST = 0.1  # of the image's shorter side: a frame's width
UNIFORM = 0.95  # least share of a line's pixels that have its grey, corners apart
SAME_GREY = 12  # levels from a line's median
NOT_PAPER = 30  # least difference between a frame's grey level and the paper's
INSIDE = 0.8  # largest share of the frame's grey in the line next to it; a dark print goes on beyond
PAPER_PERCENTILE = 90  # of the grey levels inside


def without_frame(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return a copy of grey pixels with the frame painted in the paper's grey; None where no side has a frame.

    The size of the image, and what is inside the frame, stay as they are.
    """
    widest = int(WIDEST * min(pixels.shape))
    if widest == 0:
        return None
    paper = float(np.percentile(pixels[widest:-widest, widest:-widest], PAPER_PERCENTILE))
    painted = pixels.copy()
    views = [(pixels, painted), (pixels[::-1], painted[::-1])]
    views += [(pixels.T, painted.T), (pixels.T[::-1], painted.T[::-1])]
    widths = [_width(image[: widest + 1, widest:-widest], paper) for image, _ in views]
    for width, (_, image) in zip(widths, views, strict=True):
        image[:width] = round(paper)
    return painted if any(widths) else None


def _width(lines: NDArray[np.uint8], paper: float) -> int:
    """Return how many of the outermost `lines` are frame; they are one more than a frame may be wide."""
    greys = np.median(lines, axis=1)
    near = np.abs(lines - greys[:, None]) <= SAME_GREY
    uniform = near.mean(axis=1) >= UNIFORM
    leading = np.logical_and.accumulate(uniform)
    framing = np.nonzero(leading & (np.abs(greys - paper) > NOT_PAPER))[0]
    width = 0 if len(framing) == 0 else int(framing[-1]) + 1
    if width in (0, len(lines)):
        return 0
    goes_on = np.abs(lines[width] - greys[width - 1]) <= SAME_GREY
    return width if goes_on.mean() <= INSIDE else 0
