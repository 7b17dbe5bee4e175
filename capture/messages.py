"""The messages between a page and the bridge: JSON texts over a WebSocket, each with its `type`.

    page to bridge                                  bridge to page
    hello    nonce                                  challenge  nonce, proof
    prove    proof                                  devices    devices: id, name, modes: positions, impression
    capture  id, device, positions, impression,     frame      id, jpeg
             seconds                                captured   id, samples, findings
    cancel                                          error      id, code, detail

`hello` and `prove` come first, see `capture.pairing`. Positions and impressions are codes of ANSI/NIST-ITL, eyes those
of `biometrics.kernel.recognition.capture`. `id` is the page's own number of a capture, null in an error without one.
Files, pictures and proofs are base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, Impression, Position
from biometrics.kernel.recognition.modality import Modality
from capture.errors import CaptureFault, MalformedRequest
from capture.scanner import CaptureRequest, Device
from capture.session import Judged
from fingerprint.cards.sequence import SequenceFinding

MOST_SECONDS: Final = 120.0


def read_message(text: str | bytes) -> dict[str, Any]:
    """Read a message.

    Raises:
        MalformedRequest: it is no JSON object with a `type`.
    """
    try:
        message = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise MalformedRequest("A message must be a JSON object with a type.")
    return message


def read_capture(message: dict[str, Any]) -> CaptureRequest:
    """Read what a page wants captured.

    Raises:
        MalformedRequest: a field is missing or breaks its rule.
    """
    positions = _positions(message.get("positions"))
    impression = _impression(message.get("impression"), has_fingers=Modality.of(positions[0]).traits.has_fingers)
    seconds = message.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= MOST_SECONDS:
        raise MalformedRequest(f"The seconds must be a number up to {MOST_SECONDS:g}.")
    return CaptureRequest(str(message.get("device")), positions, impression, float(seconds))


def _positions(codes: object) -> tuple[Position, ...]:
    positions_by_code = {position.value: position for position in (*FingerPosition, *EyePosition) if position.is_known}
    code_list = codes if isinstance(codes, list) else []
    positions = tuple(positions_by_code[code] for code in code_list if type(code) is int and code in positions_by_code)
    if not positions or len(positions) < len(code_list) or len(set(positions)) < len(positions):
        raise MalformedRequest("The positions must be codes of known fingers or eyes, each once.")
    if len({type(position) for position in positions}) > 1:
        raise MalformedRequest("Fingers and eyes are captured apart.")
    return positions


def _impression(code: object, *, has_fingers: bool) -> Impression | None:
    if code is None and not has_fingers:
        return None
    if type(code) is not int or code not in set(Impression) or not has_fingers:
        raise MalformedRequest("The impression must be a code of ANSI/NIST-ITL for fingers, and null for eyes.")
    return Impression(code)


def challenge(nonce: bytes, proof: str) -> str:
    """Answer `hello`."""
    return _text("challenge", nonce=_base64(nonce), proof=proof)


def devices(connected: Iterable[Device]) -> str:
    """List what is connected."""
    descriptions = [
        {
            "id": device.id,
            "name": device.name,
            "modes": [{"positions": mode.positions, "impression": mode.impression} for mode in device.modes],
        }
        for device in connected
    ]
    return _text("devices", devices=descriptions)


def frame(number: int, jpeg: bytes) -> str:
    """Show the live picture of a capture."""
    return _text("frame", id=number, jpeg=_base64(jpeg))


def captured(
    number: int, judged: Sequence[Judged], impression: Impression | None, findings: Sequence[SequenceFinding]
) -> str:
    """Give the page what was captured and what it is worth."""
    samples = [
        {
            "modality": one.modality,
            "position": one.file.position,
            "impression": impression,
            "ppi": one.file.ppi,
            "filename": one.file.filename,
            "content": _base64(one.file.content),
            "quality": one.assessment.score,
            "quality_faults": one.assessment.faults,
            "acceptable": one.is_good,
            "refusal": one.refusal and {"code": one.refusal.code, "detail": one.refusal.message},
        }
        for one in judged
    ]
    findings_json = [
        {"verdict": finding.verdict, "finger": finding.finger, "other": finding.other, "detail": finding.message}
        for finding in findings
    ]
    return _text("captured", id=number, samples=samples, findings=findings_json)


def error(number: int | None, fault: CaptureFault) -> str:
    """Say why something failed."""
    return _text("error", id=number, code=fault.code, detail=str(fault))


def _text(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
