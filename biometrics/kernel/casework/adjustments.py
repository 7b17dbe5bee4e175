"""How an examiner displayed the images of a case: brightness, contrast, filters and rotation, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from biometrics.kernel.errors import InvalidField

MOST_ADJUSTMENTS: Final = 500  # of an opinion


class ImageSetting(StrEnum):
    """What an examiner changes of how images are displayed; none of it changes a file."""

    BRIGHTNESS = "brightness"  # percent
    CONTRAST = "contrast"  # percent
    GAMMA = "gamma"  # percent; 200 is the square root of each value
    SHARPNESS = "sharpness"  # percent of the difference to the blurred image that is added
    RIDGES = "ridges"  # 1 the ridges as the software draws them, in place of the image; 0 the image
    INVERSION = "inversion"  # 1 on, 0 off
    ROTATION = "rotation"  # degrees, clockwise


_RANGES: Final = {
    ImageSetting.BRIGHTNESS: (0, 1000),
    ImageSetting.CONTRAST: (0, 1000),
    ImageSetting.GAMMA: (10, 1000),
    ImageSetting.SHARPNESS: (0, 1000),
    ImageSetting.RIDGES: (0, 1),
    ImageSetting.INVERSION: (0, 1),
    ImageSetting.ROTATION: (-360, 360),
}


class Adjustment(NamedTuple):
    """A setting from here on; `image` is the name of the image, "" for all of them."""

    setting: ImageSetting
    value: float
    image: str = ""


def checked_adjustments(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Return adjustments as an opinion holds them.

    Raises:
        InvalidField: there are more than 500, or a value is out of range.
    """
    checked = tuple(adjustments)
    if len(checked) > MOST_ADJUSTMENTS:
        raise InvalidField(f"{len(checked)} adjustments are given; give at most {MOST_ADJUSTMENTS}.")
    for adjustment in checked:
        lowest, highest = _RANGES[adjustment.setting]
        if not lowest <= adjustment.value <= highest:
            raise InvalidField(f"The {adjustment.setting} is {adjustment.value}; it is from {lowest} to {highest}.")
    return checked


def adjustments_from_json(rows: Sequence[Any]) -> tuple[Adjustment, ...]:
    """Return stored adjustments."""
    return tuple(Adjustment(ImageSetting(setting), value, image) for setting, value, image in rows)
