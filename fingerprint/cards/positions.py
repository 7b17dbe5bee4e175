"""Which fingers a slap shows, in the order in which they stand on it (ANSI/NIST-ITL 1-2011, table 8)."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

from biometrics.kernel.recognition.capture import FingerPosition, Position

_NAMES = {11: "plain right thumb", 12: "plain left thumb", 13: "right four fingers", 14: "left four fingers"}


class SlapPosition(IntEnum):
    """Friction ridge position of an image of several fingers pressed at once, or of a thumb on a slap card."""

    PLAIN_RIGHT_THUMB = 11
    PLAIN_LEFT_THUMB = 12
    RIGHT_FOUR = 13
    LEFT_FOUR = 14
    BOTH_THUMBS = 15

    @property
    def label(self) -> str:
        """The slap's name for a person."""
        return _NAMES.get(self, "both thumbs")

    @property
    def fingers(self) -> tuple[FingerPosition, ...]:
        """The fingers that a whole hand shows, from the image's left to its right."""
        return _FINGERS[self]

    def expected(self, missing: Collection[Position]) -> tuple[FingerPosition, ...]:
        """Return the fingers to be found, left to right, where some are missing."""
        return tuple(finger for finger in self.fingers if finger not in missing)


_FINGERS = {
    SlapPosition.PLAIN_RIGHT_THUMB: (FingerPosition.RIGHT_THUMB,),
    SlapPosition.PLAIN_LEFT_THUMB: (FingerPosition.LEFT_THUMB,),
    SlapPosition.RIGHT_FOUR: tuple(FingerPosition(code) for code in (2, 3, 4, 5)),
    SlapPosition.LEFT_FOUR: tuple(FingerPosition(code) for code in (10, 9, 8, 7)),
    SlapPosition.BOTH_THUMBS: (FingerPosition.LEFT_THUMB, FingerPosition.RIGHT_THUMB),
}
