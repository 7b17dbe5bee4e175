"""Arguments of the command line, and their conversion to values of the domain."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import MissingFinger, MissingReason, Section
from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, PalmPosition, PhotoView
from biometrics.kernel.technique.clock import today

_REASONS = ", ".join(MissingReason)
_Position = TypeVar("_Position", FingerPosition, PalmPosition)

Ppi = Annotated[float | None, typer.Option(help="Resolution of the prints; overrides the files' own; default 500.")]
ForPurpose = Annotated[Purpose, typer.Option("--purpose", help="Purpose of the search.")]
ForCase = Annotated[str, typer.Option("--case", help="Case or FIR number of the search.")]
Reason = Annotated[str, typer.Option(help="Further reasons in your own words; kept with the search.")]
AcceptPoorQuality = Annotated[
    str,
    typer.Option(
        help="Reason for enrolling samples of poor quality, or that may show two prints; stored with each of them."
    ),
]
IdempotencyKeyOption = Annotated[
    str, typer.Option(help="A new key for each request; repeating a command with its key does nothing twice.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def without_none(**values: Any) -> dict[str, Any]:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def read_file(path: Path) -> bytes:
    """Read a file.

    Raises:
        InvalidField: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidField(f"{path} cannot be read: {error.strerror}.") from error


def json_of(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        InvalidField: it cannot be read, or is no JSON.
    """
    try:
        return json.loads(read_file(path))
    except ValueError as error:
        raise InvalidField(f"{path} is not JSON: {error}.") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and the folder that it is in.

    Raises:
        InvalidField: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}.") from error


def parse_finger(text: str) -> FingerPosition:
    """Read a finger's name, such as `right_thumb` or `right thumb`, or its code; empty is an unknown finger.

    Raises:
        InvalidField: it is neither.
    """
    return _parse_position(text, FingerPosition, "a finger")


def parse_palm(text: str) -> PalmPosition:
    """Read a part of a palm, such as `right_full` or `right full palm`, or its code; empty is an unknown one.

    Raises:
        InvalidField: it is neither.
    """
    return _parse_position(text, PalmPosition, "a part of a palm")


def _parse_position(text: str, positions: type[_Position], description: str) -> _Position:
    word = (text.strip().lower().replace(" ", "_") or "unknown").replace("_palm", "")
    by_name = {position.name.lower().replace("_palm", ""): position for position in positions}
    codes = {str(position.value): position for position in positions}
    if (position := (by_name | codes).get(word)) is not None:  # the unknown finger is 0
        return position
    raise InvalidField(
        f"{text!r} is not {description}; use one of {', '.join(by_name)}, "
        f"or its code {min(positions)} to {max(positions)}."
    )


def parse_missing(text: str) -> MissingFinger:
    """Read FINGER:REASON, such as `right_middle:amputated`, `3:amputated` or `left_eye:unable`.

    Raises:
        InvalidField: it is not such a pair.
    """
    finger, _, reason = text.rpartition(":")
    word = reason.strip().lower()
    if not finger.strip() or word not in set(MissingReason):
        raise InvalidField(
            f"{text!r} is not a missing finger or eye; write FINGER:REASON, the reason being one of {_REASONS}."
        )
    eye = EyePosition.__members__.get(finger.strip().upper().replace(" ", "_"))
    return MissingFinger(eye or parse_finger(finger), MissingReason(word))


def parse_view(text: str) -> PhotoView | None:
    """Read a photo's view; empty is None.

    Raises:
        InvalidField: it is not a view.
    """
    word = text.strip().lower()
    if word and word not in set(PhotoView):
        raise InvalidField(f"{text!r} is no view of a photo; use one of {', '.join(PhotoView)}.")
    return PhotoView(word) if word else None


def parse_date(text: str) -> dt.date:
    """Read YYYY-MM-DD; empty is today.

    Raises:
        InvalidField: it is not such a date.
    """
    try:
        return dt.date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise InvalidField(f"{text!r} is not a date; write it as YYYY-MM-DD.") from error


def parse_time(text: str) -> dt.time | None:
    """Read HH:MM; empty is None.

    Raises:
        InvalidField: it is not such a time.
    """
    try:
        return dt.time.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidField(f"{text!r} is not a time of day; write it as HH:MM.") from error


def parse_section(text: str) -> Section:
    """Read ACT:SECTION, such as `BNS 2023:303(2)`.

    Raises:
        InvalidField: a part is missing.
    """
    act, _, section = text.rpartition(":")
    return Section(act, section)
