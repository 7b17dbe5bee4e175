"""How a sample was captured: position, impression type, view and box, by the codes of ANSI/NIST-ITL 1-2011."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, Self, overload

LAST_POSITION: Final = 254  # a label of an index holds it in a byte, whose last value means none


class Position(IntEnum):
    """Which of a person's fingers, eyes or palms: the number by which it is stored, and what pages call it.

    Each modality has a subclass with a member UNKNOWN and lines such as `LEFT = 202, "Left ear"`. A third value is the
    name in messages, if it differs from the member's.
    """

    word: str
    label: str
    _value_: int

    def __new__(cls, number: int, word: str = "", label: str = "") -> Self:
        """Make a position of its line."""
        position = int.__new__(cls, number)
        position._value_, position.word, position.label = number, word, label
        return position

    def __init__(self, *_: object) -> None:
        """Name it."""
        self.label = self.label or self.name.replace("_", " ").lower()

    @property
    def is_known(self) -> bool:
        """Whether it says which one."""
        return self._name_ != "UNKNOWN"

    @property
    def unknown(self) -> Position:
        """The unknown position of its modality."""
        return type(self)["UNKNOWN"]

    @property
    def same_skin(self) -> tuple[Position, ...]:
        """The positions that may show some of the same skin as this one, if it is known."""
        return (self,)


_REGISTERED: Final[dict[int, Position]] = {}  # by number


class FingerPosition(Position):
    """Friction ridge generalised position (ANSI/NIST-ITL 1-2011 table 8; ISO/IEC 19794-2 table 5)."""

    UNKNOWN = 0, "Unknown finger", "unknown finger"
    RIGHT_THUMB = 1, "Right thumb"
    RIGHT_INDEX = 2, "Right index finger"
    RIGHT_MIDDLE = 3, "Right middle finger"
    RIGHT_RING = 4, "Right ring finger"
    RIGHT_LITTLE = 5, "Right little finger"
    LEFT_THUMB = 6, "Left thumb"
    LEFT_INDEX = 7, "Left index finger"
    LEFT_MIDDLE = 8, "Left middle finger"
    LEFT_RING = 9, "Left ring finger"
    LEFT_LITTLE = 10, "Left little finger"


class EyePosition(Position):
    """Which eye of the subject: 100 and the code of ANSI/NIST-ITL 1-2011, field 17.003."""

    UNKNOWN = 100, "Iris of an unknown eye", "unknown eye"
    RIGHT_EYE = 101, "Right iris"
    LEFT_EYE = 102, "Left iris"


class PalmPosition(Position):
    """Palm position (ANSI/NIST-ITL 1-2011 table 8), from the whole palm to its areas."""

    UNKNOWN = 20, "Unknown palm", "unknown palm"
    RIGHT_FULL_PALM = 21, "Right full palm"
    RIGHT_WRITERS_PALM = 22, "Right writer's palm"
    LEFT_FULL_PALM = 23, "Left full palm"
    LEFT_WRITERS_PALM = 24, "Left writer's palm"
    RIGHT_LOWER_PALM = 25, "Right lower palm"
    RIGHT_UPPER_PALM = 26, "Right upper palm"
    LEFT_LOWER_PALM = 27, "Left lower palm"
    LEFT_UPPER_PALM = 28, "Left upper palm"
    RIGHT_PALM_OTHER = 29, "Right palm, other part"
    LEFT_PALM_OTHER = 30, "Left palm, other part"
    RIGHT_INTERDIGITAL = 31, "Right palm below the fingers"
    RIGHT_THENAR = 32, "Right ball of the thumb"
    RIGHT_HYPOTHENAR = 33, "Right heel of the hand"
    LEFT_INTERDIGITAL = 34, "Left palm below the fingers"
    LEFT_THENAR = 35, "Left ball of the thumb"
    LEFT_HYPOTHENAR = 36, "Left heel of the hand"
    RIGHT_GRASP = 37, "Right hand, grasping"
    LEFT_GRASP = 38, "Left hand, grasping"

    @property
    def is_right(self) -> bool:
        """Whether a known one is of the right hand."""
        return self.name.startswith("RIGHT")

    @property
    def same_skin(self) -> tuple[Position, ...]:
        """All parts of that hand's palm."""
        return tuple(position for position in type(self) if position.is_known and position.is_right == self.is_right)


def register_positions(positions: type[Position]) -> None:
    """Let those of a modality be read by their numbers.

    Raises:
        ValueError: one has no word, or a number of another modality or above `LAST_POSITION`; or there is no UNKNOWN.
    """
    if "UNKNOWN" not in positions.__members__:
        raise ValueError(f"{positions.__name__} has no UNKNOWN")
    for position in positions:
        is_free = 0 <= position <= LAST_POSITION and _REGISTERED.get(position, position) is position
        if not position.word or not is_free:
            raise ValueError(f"{position!r} needs a word, and a number of its own from 0 to {LAST_POSITION}")
    _REGISTERED.update({int(position): position for position in positions})


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
    if number not in _REGISTERED:
        raise ValueError(f"{number} is no position")
    return _REGISTERED[number]


def known_position(position: Position | None) -> Position | None:
    """Return a position that says which finger, eye or palm it is; None for others."""
    return position if position is not None and position.is_known else None


def finger_of(position: Position | None) -> FingerPosition:
    """Return the finger that a position is, unknown for others."""
    return position if isinstance(position, FingerPosition) else FingerPosition.UNKNOWN


def may_be_one(first: Position | None, second: Position | None) -> bool:
    """Return whether samples of two positions can be of one finger, eye or hand: an unknown one can be any."""
    known, other = known_position(first), known_position(second)
    return first is second or known is None or other is None or other in known.same_skin


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
