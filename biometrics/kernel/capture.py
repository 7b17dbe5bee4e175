"""How a sample was captured: finger, impression type, view and box, by the codes of ANSI/NIST-ITL 1-2011."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple


class FingerPosition(IntEnum):
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
        return "unknown finger" if self is FingerPosition.UNKNOWN else self.name.replace("_", " ").lower()

    def may_be(self, other: FingerPosition) -> bool:
        """Return whether both can be one finger: an unknown one can be any."""
        return self is other or FingerPosition.UNKNOWN in (self, other)


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
