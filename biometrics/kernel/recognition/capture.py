"""How a sample was captured: position, impression type, view and box, by the codes of ANSI/NIST-ITL 1-2011."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple, get_args, overload


class _Position(IntEnum):
    """Which of a person's fingers, eyes or palms; all have different numbers, by which they are stored."""

    @property
    def is_known(self) -> bool:
        """Whether it says which one."""
        return self._name_ != "UNKNOWN"

    @property
    def label(self) -> str:
        """Its name for a person."""
        return self.name.replace("_", " ").lower()


class FingerPosition(_Position):
    """Friction ridge generalised position (ANSI/NIST-ITL 1-2011 table 8; ISO/IEC 19794-2 table 5)."""

    UNKNOWN = 0
    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10

    @property
    def label(self) -> str:
        """The finger's name for a person."""
        return super().label if self.is_known else "unknown finger"


class EyePosition(_Position):
    """Which eye of the subject: 100 and the code of ANSI/NIST-ITL 1-2011, field 17.003."""

    UNKNOWN = 100
    RIGHT_EYE = 101
    LEFT_EYE = 102

    @property
    def label(self) -> str:
        """The eye's name for a person."""
        return super().label if self.is_known else "unknown eye"


class PalmPosition(_Position):
    """Palm position (ANSI/NIST-ITL 1-2011 table 8), from the whole palm to its areas."""

    UNKNOWN = 20
    RIGHT_FULL_PALM = 21
    RIGHT_WRITERS_PALM = 22
    LEFT_FULL_PALM = 23
    LEFT_WRITERS_PALM = 24
    RIGHT_LOWER_PALM = 25
    RIGHT_UPPER_PALM = 26
    LEFT_LOWER_PALM = 27
    LEFT_UPPER_PALM = 28
    RIGHT_PALM_OTHER = 29
    LEFT_PALM_OTHER = 30
    RIGHT_INTERDIGITAL = 31
    RIGHT_THENAR = 32
    RIGHT_HYPOTHENAR = 33
    LEFT_INTERDIGITAL = 34
    LEFT_THENAR = 35
    LEFT_HYPOTHENAR = 36
    RIGHT_GRASP = 37
    LEFT_GRASP = 38

    @property
    def label(self) -> str:
        """The part of the palm for a person."""
        return super().label if self.is_known else "unknown palm"

    @property
    def is_right(self) -> bool:
        """Whether a known one is of the right hand."""
        return self.name.startswith("RIGHT")


Position = FingerPosition | EyePosition | PalmPosition
UNKNOWN_POSITIONS = (FingerPosition.UNKNOWN, EyePosition.UNKNOWN, PalmPosition.UNKNOWN)
_POSITIONS: dict[int, Position] = {int(position): position for kind in get_args(Position) for position in kind}


@overload
def position_of(number: int) -> Position: ...


@overload
def position_of(number: int | None) -> Position | None: ...


def position_of(number: int | None) -> Position | None:
    """Return the position that is stored as a number, None for None.

    Raises:
        ValueError: it is none.
    """
    if number is None:
        return None
    position = _POSITIONS.get(number)
    return FingerPosition(number) if position is None else position


def known_position(position: Position | None) -> Position | None:
    """Return a position that says which finger, eye or palm it is; None for others."""
    return position if position is not None and position.is_known else None


def finger_of(position: Position | None) -> FingerPosition:
    """Return the finger that a position is, unknown for others."""
    return position if isinstance(position, FingerPosition) else FingerPosition.UNKNOWN


def may_be_one(first: Position | None, second: Position | None) -> bool:
    """Return whether samples of two positions can be of one finger, eye or hand: an unknown one can be any."""
    return first is second or None in (known_position(first), known_position(second)) or second in same_skin(first)


def same_skin(position: Position | None) -> tuple[Position | None, ...]:
    """Return the positions that may show some of the same skin as a known one: parts of a palm show that hand's."""
    if not isinstance(position, PalmPosition):
        return (position,)
    return tuple(
        palm_position
        for palm_position in PalmPosition
        if palm_position.is_known and palm_position.is_right == position.is_right
    )


class Impression(IntEnum):
    """Friction ridge impression type (ANSI/NIST-ITL 1-2011 table 7)."""

    PLAIN_LIVE_SCAN = 0
    ROLLED_LIVE_SCAN = 1
    PLAIN_NONLIVE = 2
    ROLLED_NONLIVE = 3
    LATENT_IMPRESSION = 4
    LATENT_TRACING = 5
    LATENT_PHOTO = 6
    LATENT_LIFT = 7
    SWIPE_LIVE_SCAN = 8
    OTHER = 28
    UNKNOWN = 29


class PhotoView(StrEnum):
    """From where a photo shows the face: the subject pose of ANSI/NIST-ITL 1-2011, field 10.020."""

    FRONTAL = "frontal"
    LEFT_PROFILE = "left_profile"
    RIGHT_PROFILE = "right_profile"
    ANGLED = "angled"

    @property
    def label(self) -> str:
        """The view's name for a person."""
        return self.replace("_", " ")


class CropBox(NamedTuple):
    """The part of a photo that shows a sample: its edges in pixels, `right` and `bottom` the first that lie outside."""

    left: int
    top: int
    right: int
    bottom: int
