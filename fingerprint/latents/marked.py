"""Minutiae that an examiner marked on an image, and our own file of them.

The file is JSON, UTF-8:

    {"format": "pehchan-minutiae", "version": 1,
     "width": 800, "height": 768, "ppi": 500,
     "position": 8,
     "region": [[210, 130], [560, 140], [540, 610], [200, 590]],
     "minutiae": [{"x": 432.5, "y": 368, "direction": 280, "type": "ending", "quality": 90,
                   "placed_by": "examiner"}]}

    width, height   of the image, pixels
    ppi             its resolution, pixels an inch
    x, y            pixels from the image's upper left corner, y down
    direction       degrees, counter-clockwise from the x axis as seen: from an ending along its ridge, from a
                    bifurcation into the valley between its branches (as in ISO/IEC 19794-2 and ANSI INCITS 378)
    type            "ending", "bifurcation" or "other"
    quality         0 to 100, how sure the examiner is; may be absent, which is 100
    placed_by       "examiner", or "software" where the examiner accepted a suggestion; may be absent: not stated
    position        ANSI/NIST-ITL position: 0 a finger, 1 to 10 which one; 20 a palm, 21 to 38 which part; 18, also
                    where it is absent, a finger or a palm
    region          corners of the region of interest; may be absent; minutiae outside it are left out
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from math import isfinite, pi
from typing import Any

import numpy as np

from biometrics.imaging.decoder import MAX_PPI, MIN_PPI
from biometrics.kernel.errors import InvalidField, InvalidResolution, TooFewMinutiae
from biometrics.kernel.recognition.reading import PlacedBy
from fingerprint.latents.positions import UNKNOWN_RIDGES, RidgePosition, code_of, position_of_code
from fingerprint.latents.region import AnyPrint, Polygon, check_polygon, points_in_polygon
from fingerprint.parameters import PPI
from fingerprint.several.bounds import ROLLED, check_bounds
from fingerprint.template import MAX_MINUTIAE, MAX_SIDE, FingerprintTemplate, MinutiaType

FORMAT, VERSION = "pehchan-minutiae", 1
_LARGEST = 1e6  # of any number in the file
MIN_MARKED = 4  # minutiae, below which no comparison says anything
_TYPES = {kind.name.lower(): kind for kind in MinutiaType}


@dataclass(frozen=True)
class MarkedMinutia:
    """One marked minutia: pixels of its image, y down; `direction` in radians as in `Minutia`; `quality` 0 to 1."""

    x: float
    y: float
    direction: float
    type: MinutiaType
    quality: float = 1.0
    placed_by: PlacedBy | None = None


@dataclass(frozen=True)
class MarkedPrint:
    """The minutiae marked on one image, in its pixels; `region` encloses what counts, where it is given.

    Raises:
        InvalidResolution: a resolution that no scanner has.
        InvalidField: a size or a value out of range, or more minutiae than a template holds.
    """

    width: int
    height: int
    ppi: float
    minutiae: tuple[MarkedMinutia, ...]
    position: RidgePosition | None = None  # a finger or a palm
    region: tuple[tuple[float, float], ...] | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if not MIN_PPI <= self.ppi <= MAX_PPI:
            raise InvalidResolution(f"{self.ppi:g} ppi is not a scanner's resolution; give that of the latent's image.")
        if min(self.width, self.height) < 1 or max(self.width, self.height) * PPI / self.ppi > MAX_SIDE:
            raise InvalidField(f"An image of {self.width} x {self.height} pixels cannot show a print; check its size.")
        if len(self.minutiae) > MAX_MINUTIAE:
            raise InvalidField(f"There are {len(self.minutiae)} minutiae; at most {MAX_MINUTIAE} can be searched with.")
        if self.region is not None:
            check_polygon(self.region)
        for number, minutia in enumerate(self.minutiae, start=1):
            self._check(number, minutia)

    def _check(self, number: int, minutia: MarkedMinutia) -> None:
        if not (0 <= minutia.x <= self.width and 0 <= minutia.y <= self.height):
            raise InvalidField(f"Minutia {number} lies at {minutia.x:g}, {minutia.y:g}, outside the image.")
        if not (isfinite(minutia.direction) and 0 <= minutia.quality <= 1):
            raise InvalidField(f"Minutia {number} has a direction or a quality that is not within its range.")

    def template(self) -> FingerprintTemplate:
        """Return the minutiae inside the region as a template of a finger, at 500 ppi.

        Raises:
            TooFewMinutiae: fewer than four.
            SeveralPrints: they lie farther apart, or closer together, than those of a finger.
        """
        template = self.template_of(FingerprintTemplate)
        check_bounds(template, ROLLED)
        return template

    def template_of(self, kind: type[AnyPrint]) -> AnyPrint:
        """Return the minutiae inside the region as a template of a finger or a palm, at 500 ppi.

        Raises:
            TooFewMinutiae: fewer than four.
        """
        scale = PPI / self.ppi
        marks = self._counted()
        if len(marks) < MIN_MARKED:
            raise TooFewMinutiae(f"{len(marks)} minutiae are marked; mark at least {MIN_MARKED} to search with them.")
        width, height = (max(1, round(side * scale)) for side in (self.width, self.height))
        return kind(
            width=width,
            height=height,
            x=np.minimum([mark.x * scale for mark in marks], width),
            y=np.minimum([mark.y * scale for mark in marks], height),
            direction=np.remainder([mark.direction for mark in marks], 2 * pi),
            quality=np.array([mark.quality for mark in marks]),
            type=np.array([mark.type for mark in marks], np.uint8),
        )

    @property
    def placed_by(self) -> tuple[PlacedBy | None, ...] | None:
        """Who placed each minutia of `template`; None where the file does not say so of any."""
        sources = tuple(mark.placed_by for mark in self._counted())
        return sources if any(sources) else None

    @property
    def outside_region(self) -> int:
        """How many minutiae lie outside the region, and do not count."""
        return len(self.minutiae) - len(self._counted())

    def in_region(self, region: Polygon) -> MarkedPrint:
        """Return the same print with another region of interest, in the image's pixels."""
        return replace(self, region=tuple(region))

    def _counted(self) -> list[MarkedMinutia]:
        if self.region is None:
            return list(self.minutiae)
        x, y = (np.array([getattr(mark, axis) for mark in self.minutiae], np.float64) for axis in "xy")
        return [
            mark for mark, counts in zip(self.minutiae, points_in_polygon(self.region, x, y), strict=True) if counts
        ]


def read_json(content: bytes) -> MarkedPrint:
    """Read our own file of marked minutiae.

    Raises:
        InvalidField: not such a file; the message names the value at fault.
        InvalidResolution: as for `MarkedPrint`.
    """
    try:
        file = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidField("The file of marked minutiae is not proper JSON.") from error
    if not isinstance(file, dict) or (file.get("format"), file.get("version")) != (FORMAT, VERSION):
        raise InvalidField(
            f'This is not a file of marked minutiae: it needs "format": "{FORMAT}", "version": {VERSION}.'
        )
    marks = file.get("minutiae")
    if not isinstance(marks, list):
        raise InvalidField("minutiae is not a list.")
    position = position_of_code(_number(file, "position", "position", UNKNOWN_RIDGES))
    return MarkedPrint(
        width=int(_number(file, "width", "width")),
        height=int(_number(file, "height", "height")),
        ppi=_number(file, "ppi", "ppi"),
        minutiae=tuple(_minutia(mark, f"minutiae[{index}]") for index, mark in enumerate(marks)),
        position=position,
        region=None if file.get("region") is None else read_region(file["region"]),
    )


def write_json(marked: MarkedPrint) -> bytes:
    """Write our own file; `read_json` gives the same print back, directions to rounding."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "width": marked.width,
        "height": marked.height,
        "ppi": marked.ppi,
        "position": code_of(marked.position),
        "minutiae": [
            {
                "x": mark.x,
                "y": mark.y,
                "direction": round(float(np.rad2deg(mark.direction)), 3),
                "type": mark.type.name.lower(),
                "quality": round(100 * mark.quality),
                "placed_by": mark.placed_by,
            }
            for mark in marked.minutiae
        ],
    }
    if marked.region is not None:
        content["region"] = [list(corner) for corner in marked.region]
    return json.dumps(content, indent=1).encode()


def _minutia(mark: object, name: str) -> MarkedMinutia:
    if not isinstance(mark, dict):
        raise InvalidField(f"{name} is not an object with x, y, direction and type.")
    kind = mark.get("type", "other")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise InvalidField(f"{name}.type is {kind!r}; write one of {', '.join(_TYPES)}.")
    placed_by = mark.get("placed_by")
    if placed_by not in (None, *PlacedBy):
        raise InvalidField(f"{name}.placed_by is {placed_by!r}; write one of {', '.join(PlacedBy)}, or leave it out.")
    return MarkedMinutia(
        x=_number(mark, "x", f"{name}.x"),
        y=_number(mark, "y", f"{name}.y"),
        direction=float(np.deg2rad(_number(mark, "direction", f"{name}.direction"))),
        type=_TYPES[kind],
        quality=_number(mark, "quality", f"{name}.quality", 100) / 100,
        placed_by=placed_by and PlacedBy(placed_by),
    )


def read_region(corners: object) -> tuple[tuple[float, float], ...]:
    """Return the corners of a region of interest, as JSON has them.

    Raises:
        InvalidField: they are not pairs of numbers.
    """
    if not isinstance(corners, list):
        raise InvalidField("region is not a list of corners.")
    read = []
    for index, corner in enumerate(corners):
        if not (isinstance(corner, list) and len(corner) == 2):
            raise InvalidField(f"region[{index}] is not a pair of x and y.")
        pair = dict(enumerate(corner))
        read.append((_number(pair, 0, f"region[{index}]"), _number(pair, 1, f"region[{index}]")))
    return tuple(read)


def _number(values: dict[Any, Any], key: str | int, name: str, default: float | None = None) -> float:
    value = values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise InvalidField(f"{name} is {value!r} where a number belongs.")
    return float(value)
