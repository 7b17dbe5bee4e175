"""How a sensor shows the ridges that touch it."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]  # uniform between the two


@dataclass(frozen=True)
class ImpressionLook:
    """The grey values of a sensor; the defaults are those of a good optical live-scan.

    `wetness` is added to every finger's moisture. `platen_grey`, `ridge_grey`, `shading` (over the platen), `noise`
    (from pixel to pixel) and `texture` (grain of the surface) are grey levels, the last three one standard deviation.
    `valley_tint` says how much darker than the platen valleys in contact are. `blur` is in pixels, and so is `slip`:
    how far a strip of a sweep is displaced against the strip above.
    """

    wetness: float = 0.0
    platen_grey: Range = (215.0, 250.0)
    ridge_grey: Range = (25.0, 95.0)
    valley_tint: float = 0.06
    shading: float = 5.0
    blur: Range = (0.5, 0.9)
    noise: float = 4.0
    texture: float = 0.0
    slip: float = 0.0


LIVE_SCAN = ImpressionLook()
