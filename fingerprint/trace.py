"""The intermediate images between a print and its template, for inspection."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias

from numpy.typing import NDArray


class Stage(StrEnum):
    """What an extraction hands to a trace, in this order.

    PIXELS: uint8, the part of the image that is searched, at 500 ppi.
    EVENED: float32, at 250 ppi: the same with zero mean and unit deviation everywhere, ridges positive.
    FOREGROUND: bool, at 250 ppi: where ridges can be seen.
    ORIENTATION: float64, at 250 ppi: which way the ridges run, radians counter-clockwise as seen, in [0, pi).
    RESPONSE: float32, one value every 3 pixels at 500 ppi: of the ridge filter; above 0 on a ridge, below in a valley.
    """

    PIXELS = "pixels"
    EVENED = "evened"
    FOREGROUND = "foreground"
    ORIENTATION = "orientation"
    RESPONSE = "response"


Trace: TypeAlias = Callable[[Stage, NDArray[Any]], None]


def untraced(stage: Stage, values: NDArray[Any]) -> None:
    """Discard an image: the trace for callers that do not inspect."""
