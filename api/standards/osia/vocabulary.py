"""The terms of OSIA's interface, and the domain's terms for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from biometrics.kernel.people.encounter import MissingReason
from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, Impression, PhotoView, Position
from fingerprint.cards.positions import SlapPosition
from fingerprint.interchange.record import RecordFormat

BiometricType = Literal["FACE", "FINGER", "IRIS", "SIGNATURE", "UNKNOWN"]

BiometricSubType = Literal[
    "UNKNOWN",
    "RIGHT_THUMB",
    "RIGHT_INDEX",
    "RIGHT_MIDDLE",
    "RIGHT_RING",
    "RIGHT_LITTLE",
    "LEFT_THUMB",
    "LEFT_INDEX",
    "LEFT_MIDDLE",
    "LEFT_RING",
    "LEFT_LITTLE",
    "PLAIN_RIGHT_FOUR_FINGERS",
    "PLAIN_LEFT_FOUR_FINGERS",
    "PLAIN_THUMBS",
    "UNKNOWN_PALM",
    "RIGHT_FULL_PALM",
    "RIGHT_WRITERS_PALM",
    "LEFT_FULL_PALM",
    "LEFT_WRITERS_PALM",
    "RIGHT_LOWER_PALM",
    "RIGHT_UPPER_PALM",
    "LEFT_LOWER_PALM",
    "LEFT_UPPER_PALM",
    "RIGHT_OTHER",
    "LEFT_OTHER",
    "RIGHT_INTERDIGITAL",
    "RIGHT_THENAR",
    "RIGHT_HYPOTHENAR",
    "LEFT_INTERDIGITAL",
    "LEFT_THENAR",
    "LEFT_HYPOTHENAR",
    "RIGHT_INDEX_AND_MIDDLE",
    "RIGHT_MIDDLE_AND_RING",
    "RIGHT_RING_AND_LITTLE",
    "LEFT_INDEX_AND_MIDDLE",
    "LEFT_MIDDLE_AND_RING",
    "LEFT_RING_AND_LITTLE",
    "RIGHT_INDEX_AND_LEFT_INDEX",
    "RIGHT_INDEX_AND_MIDDLE_AND_RING",
    "RIGHT_MIDDLE_AND_RING_AND_LITTLE",
    "LEFT_INDEX_AND_MIDDLE_AND_RING",
    "LEFT_MIDDLE_AND_RING_AND_LITTLE",
    "EYE_UNDEF",
    "EYE_RIGHT",
    "EYE_LEFT",
    "EYE_BOTH",
    "PORTRAIT",
    "LEFT_PROFILE",
    "RIGHT_PROFILE",
]

ImpressionType = Literal[
    "LIVE_SCAN_PLAIN",
    "LIVE_SCAN_ROLLED",
    "NONLIVE_SCAN_PLAIN",
    "NONLIVE_SCAN_ROLLED",
    "LATENT_IMPRESSION",
    "LATENT_TRACING",
    "LATENT_PHOTO",
    "LATENT_LIFT",
    "LIVE_SCAN_SWIPE",
    "LIVE_SCAN_VERTICAL_ROLL",
    "LIVE_SCAN_PALM",
    "NONLIVE_SCAN_PALM",
    "LATENT_PALM_IMPRESSION",
    "LATENT_PALM_TRACING",
    "LATENT_PALM_PHOTO",
    "LATENT_PALM_LIFT",
    "LIVE_SCAN_OPTICAL_CONTACTLESS_PLAIN",
    "OTHER",
    "UNKNOWN",
]

CompressionType = Literal["NONE", "WSQ", "JPEG", "JPEG2000", "PNG"]
Presence = Literal["BANDAGED", "AMPUTATED", "DAMAGED"]
Status = Literal["ACTIVE", "INACTIVE"]

# Any other impression is kept as sent, and stored as Impression.OTHER.
IMPRESSIONS: Final[dict[str, Impression]] = {
    "LIVE_SCAN_PLAIN": Impression.PLAIN_LIVE_SCAN,
    "LIVE_SCAN_ROLLED": Impression.ROLLED_LIVE_SCAN,
    "LIVE_SCAN_VERTICAL_ROLL": Impression.ROLLED_LIVE_SCAN,
    "NONLIVE_SCAN_PLAIN": Impression.PLAIN_NONLIVE,
    "NONLIVE_SCAN_ROLLED": Impression.ROLLED_NONLIVE,
    "LATENT_IMPRESSION": Impression.LATENT_IMPRESSION,
    "LATENT_TRACING": Impression.LATENT_TRACING,
    "LATENT_PHOTO": Impression.LATENT_PHOTO,
    "LATENT_LIFT": Impression.LATENT_LIFT,
    "LIVE_SCAN_SWIPE": Impression.SWIPE_LIVE_SCAN,
    "UNKNOWN": Impression.UNKNOWN,
}
IMPRESSION_NAMES: Final = {impression: name for name, impression in reversed(IMPRESSIONS.items())} | {
    Impression.OTHER: "OTHER"
}

# Why a finger is missing; OSIA has no word for MissingReason.UNABLE.
REASONS: Final = {
    "AMPUTATED": MissingReason.AMPUTATED,
    "BANDAGED": MissingReason.BANDAGED,
    "DAMAGED": MissingReason.DAMAGED,
}
PRESENCES: Final = {reason: name for name, reason in REASONS.items()}

# Subtypes of photos; a missing one is a portrait.
VIEW_NAMES: Final = {
    None: "PORTRAIT",
    PhotoView.FRONTAL: "PORTRAIT",
    PhotoView.LEFT_PROFILE: "LEFT_PROFILE",
    PhotoView.RIGHT_PROFILE: "RIGHT_PROFILE",
    PhotoView.ANGLED: "UNKNOWN",
}

_RIGHT = {"INDEX": 2, "MIDDLE": 3, "RING": 4, "LITTLE": 5}
_LEFT = {name: code + 5 for name, code in _RIGHT.items()}

# Images of several fingers of one press, and which of the hand's fingers they show.
SLAPS: Final[dict[str, tuple[SlapPosition, frozenset[FingerPosition]]]] = {
    "PLAIN_RIGHT_FOUR_FINGERS": (SlapPosition.RIGHT_FOUR, frozenset(SlapPosition.RIGHT_FOUR.fingers)),
    "PLAIN_LEFT_FOUR_FINGERS": (SlapPosition.LEFT_FOUR, frozenset(SlapPosition.LEFT_FOUR.fingers)),
    "PLAIN_THUMBS": (SlapPosition.BOTH_THUMBS, frozenset(SlapPosition.BOTH_THUMBS.fingers)),
} | {
    f"{hand}_{'_AND_'.join(names)}": (slap, frozenset(FingerPosition(codes[name]) for name in names))
    for hand, slap, codes in (("RIGHT", SlapPosition.RIGHT_FOUR, _RIGHT), ("LEFT", SlapPosition.LEFT_FOUR, _LEFT))
    for names in (
        ("INDEX", "MIDDLE"),
        ("MIDDLE", "RING"),
        ("RING", "LITTLE"),
        ("INDEX", "MIDDLE", "RING"),
        ("MIDDLE", "RING", "LITTLE"),
    )
}

# Names of template formats: those that are read, and those that are written.
READ_FORMATS: Final = frozenset({"ISO_19794_2", "ISO_19794_2_2011", "ANSI_378", "ANSI_378_2009"})
WRITTEN_FORMATS: Final[dict[str, RecordFormat]] = {
    "ISO_19794_2": RecordFormat.ISO_19794_2_2005,
    "ISO_19794_2_2011": RecordFormat.ISO_19794_2_2011,
    "ANSI_378": RecordFormat.ANSI_378_2004,
    "ANSI_378_2009": RecordFormat.ANSI_378_2009,
}
USUAL_FORMAT: Final = "ISO_19794_2"


# Subtypes of one eye.
EYES: Final = {
    "UNKNOWN": EyePosition.UNKNOWN,
    "EYE_UNDEF": EyePosition.UNKNOWN,
    "EYE_RIGHT": EyePosition.RIGHT_EYE,
    "EYE_LEFT": EyePosition.LEFT_EYE,
}
EYE_NAMES: Final[Mapping[Position, str]] = {eye: name for name, eye in EYES.items()}


def finger_of(subtype: str | None) -> FingerPosition | None:
    """Return the finger of a subtype, UNKNOWN where none is named; None where it names another thing."""
    return FingerPosition.__members__.get(subtype or "UNKNOWN")


def name_of(position: Position) -> str:
    """Return the subtype of a finger or an eye."""
    return EYE_NAMES.get(position, position.name)
