"""The messages of the interface: reads and checks requests, and writes answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from api.http.validation import unknown
from api.standards.mosip.reasons import Reason, Refused
from biometrics.kernel.access import REQUEST_LENGTH
from biometrics.kernel.errors import InvalidField, InvalidText
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.kernel.technique.text import FIR_LENGTH, printable, refuse_unfit_texts
from biometrics.osia.model import check_name
from biometrics.use_cases.search.identify import MAX_CANDIDATES

MAX_MESSAGE: Final = 10_000_000  # bytes: a gallery of 100,000 references
MAX_REQUEST_ID: Final = 1000  # code points
MAX_REFERENCES: Final = 100_000  # in the gallery of one request
USUAL_RESULTS: Final = 10
_RAREST: Final = 200  # decibans of a target: one search in 10^20
# Fields of the specification; its registration processor writes referenceUrl in identify requests.
_FIELDS: Final = (
    "id",
    "version",
    "requestId",
    "requesttime",
    "referenceId",
    "referenceURL",
    "referenceUrl",
    "flags",
    "gallery",
)
_SUCCESS, _FAILURE = "1", "2"
_VERSION = re.compile(r"0\.9|1\.[0-9]{1,3}")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        id: the operation: `mosip.abis.insert` and the like.
        request_id: the client's id of this request.
        reference_id: the reference that it is about, empty if not given.
        reference_url: the address of the biometric data, empty if not given.
        max_results: the maximum number of candidates.
        target_fpir: the accepted chance that a search for a person not in the gallery returns a hit; None: the default.
        gallery: the references to search; None: all.
    """

    id: str
    request_id: str
    reference_id: str = ""
    reference_url: str = ""
    max_results: int = USUAL_RESULTS
    target_fpir: float | None = None
    gallery: tuple[str, ...] | None = None

    @property
    def case_number(self) -> str:
        """The request's id, cut to the length of a case number."""
        return printable(self.request_id)[:FIR_LENGTH].strip() or "-"

    @property
    def traced(self) -> str:
        """The request's id, cut to the length that the audit log takes."""
        return printable(self.request_id)[:REQUEST_LENGTH].strip()

    @property
    def idempotency_key(self) -> IdempotencyKey:
        """The idempotency key of a request; the time of sending is not part of it."""
        key = IdempotencyKey.of("-", ["mosip", self.request_id]).digest
        return IdempotencyKey.of(f"mosip-{key}", asdict(self))


def parse(content: bytes) -> dict[str, Any]:
    """Return a message's fields.

    Raises:
        Refused: it is not a JSON object, or too large.
    """
    if len(content) > MAX_MESSAGE:
        raise Refused(Reason.INVALID_REQUEST, f"The message has more than {MAX_MESSAGE:,} bytes.")
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.INVALID_REQUEST, "The message is not JSON.") from error
    if not isinstance(fields, dict):
        raise Refused(Reason.INVALID_REQUEST, "The message is not a JSON object.")
    try:
        refuse_unfit_texts("The message", fields)
    except InvalidText as error:
        raise Refused(Reason.INVALID_REQUEST, error.message) from error
    return fields


def read(fields: Mapping[str, Any]) -> Request:
    """Read a request.

    Raises:
        Refused: with the reason of the first fault.
    """
    if not isinstance(fields.get("id"), str):
        raise Refused(Reason.INVALID_ID, "The id is missing, or not a text.")
    version = fields.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise Refused(Reason.INVALID_VERSION, "The version is not 0.9 or 1.x.")
    request_id = _text(fields, "requestId", MAX_REQUEST_ID)
    if not request_id:
        raise Refused(Reason.NO_REQUEST_ID, "There is no requestId.")
    _check_time(fields.get("requesttime"))
    _refuse_unknown("message", fields, _FIELDS)
    flags = fields.get("flags") or {}
    if not isinstance(flags, dict):
        raise Refused(Reason.INVALID_REQUEST, "The flags are not an object.")
    results = _number(flags, "maxResults")
    target = _number(flags, "targetFPIR")
    return Request(
        fields["id"],
        request_id,
        _reference(fields),
        _text(fields, "referenceURL") or _text(fields, "referenceUrl"),
        USUAL_RESULTS if results is None else min(results, MAX_CANDIDATES),
        None if target is None else 10.0 ** (-min(target, _RAREST) / 10),
        _gallery(fields.get("gallery")),
    )


def answer(fields: Mapping[str, Any], result: Mapping[str, Any], reason: Reason | None = None) -> dict[str, Any]:
    """Return the message that answers a request, with its result or the reason of its failure."""
    texts = {name: fields.get(name) for name in ("id", "requestId")}
    return {
        **{name: text if isinstance(text, str) else "" for name, text in texts.items()},
        "responsetime": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "returnValue": _SUCCESS if reason is None else _FAILURE,
        **({} if reason is None else {"failureReason": reason.value}),
        **result,
    }


def _text(fields: Mapping[str, Any], name: str, length: int | None = None) -> str:
    """Return a text field, empty if missing."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or (length is not None and len(value) > length):
        raise Refused(Reason.INVALID_REQUEST, f"The {name} is not a text, or too long.")
    return value


def _reference(fields: Mapping[str, Any]) -> str:
    """Return a referenceId that can be stored, empty if missing."""
    value = _text(fields, "referenceId")
    if value:
        try:
            check_name("referenceId", value)
        except InvalidField as error:
            raise Refused(Reason.INVALID_REQUEST, error.message) from error
    return value


def _refuse_unknown(part: str, fields: Mapping[str, Any], allowed: Sequence[str]) -> None:
    """Refuse an unknown part of a message, which would be lost; flags may have any names."""
    for name in fields:
        if name not in allowed:
            raise Refused(Reason.INVALID_REQUEST, unknown(f"part of the {part}", name, allowed))


def _check_time(value: object) -> None:
    if value is None or value == "":
        raise Refused(Reason.NO_REQUEST_TIME, "There is no requesttime.")
    if not isinstance(value, str) or not _is_time(value):
        raise Refused(Reason.INVALID_REQUEST_TIME, "The requesttime is not as 2020-03-29T07:01:24.692Z.")


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


def _number(flags: Mapping[str, Any], name: str) -> int | None:
    """Return a flag that is a number from 1 on, sent as a number or a text; None if missing."""
    value = flags.get(name)
    if value is None or value == "":
        return None
    number = int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise Refused(Reason.INVALID_REQUEST, f"The flag {name} is not a number from 1 on.")
    return number


def _gallery(value: object) -> tuple[str, ...] | None:
    """Return the references of a gallery; None for an empty one."""
    if not value:
        return None
    if isinstance(value, dict):
        _refuse_unknown("gallery", value, ["referenceIds"])
    references = value.get("referenceIds") if isinstance(value, dict) else value
    if not isinstance(references, list | None) or len(references or ()) > MAX_REFERENCES:
        raise Refused(Reason.INVALID_REQUEST, "The gallery is not a list of referenceIds, or too long.")
    if not all(isinstance(entry, dict) for entry in references or ()):
        raise Refused(Reason.INVALID_REQUEST, "The gallery is not a list of objects with a referenceId.")
    for entry in references or ():
        _refuse_unknown("gallery's references", entry, ["referenceId"])
    return tuple(filter(None, map(_reference, references or ()))) or None
