"""What SBI calls fingers, eyes, devices and errors (specification 0.9.5 and 1.0.0)."""

from __future__ import annotations

from typing import Any, Final

from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, Impression, Position
from biometrics.kernel.technique.text import printable
from capture.errors import CaptureFault, CaptureTimedOut, DeviceBusy, DeviceFailed
from capture.scanner import EACH_FINGER, EYES, SLAPS, CaptureMode
from fingerprint.cards.positions import SlapPosition

_PARTS: Final = {
    "THUMB": "Thumb",
    **{part: f"{part.capitalize()}Finger" for part in ("INDEX", "MIDDLE", "RING", "LITTLE")},
}

SUBTYPES: Final[dict[Position, str]] = {
    **{
        finger: f"{side.capitalize()} {_PARTS[part]}"
        for finger in FingerPosition
        if finger.is_known
        for side, part in [finger.name.split("_")]
    },
    EyePosition.RIGHT_EYE: "Right",
    EyePosition.LEFT_EYE: "Left",
}
# Version 0.9.5 also has "LF_INDEX" and "L_IRIS".
_EARLIER: Final[dict[str, Position]] = {
    **{
        f"{side[0]}F_{part}": finger
        for finger in FingerPosition
        if finger.is_known
        for side, part in [finger.name.split("_")]
    },
    "R_IRIS": EyePosition.RIGHT_EYE,
    "L_IRIS": EyePosition.LEFT_EYE,
}
POSITIONS: Final[dict[str, Position]] = {name: position for position, name in SUBTYPES.items()} | _EARLIER

_SLAP_IDS: Final = {SlapPosition.LEFT_FOUR: "1", SlapPosition.RIGHT_FOUR: "2", SlapPosition.BOTH_THUMBS: "3"}
_EYE_IDS: Final[dict[tuple[Position, ...], str]] = {
    EYES: "3",
    (EyePosition.RIGHT_EYE,): "2",
    (EyePosition.LEFT_EYE,): "1",
}
_ANY: Final = "0"  # the id of the only sensor

# The errors that say something to the officer; all others are DeviceFailed.
_FAULTS: Final[dict[str, type[CaptureFault]]] = {
    "101": CaptureTimedOut,
    "701": CaptureTimedOut,
    "111": DeviceBusy,
    "702": DeviceBusy,
    "703": DeviceBusy,
}


def modes_of(kind: str, subtype: str, sensors: list[str]) -> dict[CaptureMode, str]:
    """Return how a device of a type and subtype captures, with the id of the sensor for each; faces have the camera."""
    match kind.lower(), subtype.lower():
        case "finger" | "fingerprint", "slap":
            return {
                CaptureMode(fingers, Impression.PLAIN_LIVE_SCAN): _SLAP_IDS[slap]
                for fingers, slap in SLAPS.items()
                if _SLAP_IDS[slap] in sensors
            }
        case "finger" | "fingerprint", "single":
            return {CaptureMode(finger, Impression.PLAIN_LIVE_SCAN): _ANY for finger in EACH_FINGER}
        case "iris", "double":
            return {CaptureMode(eyes, None): sensor for eyes, sensor in _EYE_IDS.items() if sensor in sensors}
        case "iris", "single":
            return {CaptureMode((eye,), None): _ANY for eye in EYES}
    return {}


def check_error(answer: dict[str, Any]) -> None:
    """Raise the error that an answer holds, if it holds one.

    Raises:
        CaptureTimedOut, DeviceBusy, DeviceFailed: it does.
    """
    error = answer.get("error")
    if not isinstance(error, dict):
        return
    code, text = (str(error.get(name) or error.get(name.lower()) or "") for name in ("errorCode", "errorInfo"))
    if code not in ("", "0"):
        raise _FAULTS.get(code, DeviceFailed)(printable(f"The device reports error {code}: {text}")[:300])
