"""The outcome of a transaction as the file that answers it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.itl.table import FieldAddress, TransactionTable
from biometrics import itl
from biometrics.itl import (
    DAI,
    DAT,
    DCS,
    GMT,
    IDC,
    NSR,
    NTR,
    ORI,
    PRY,
    RS,
    TCN,
    TCR,
    TOT,
    US,
    VER,
    Encoding,
    Field,
    ItlRecord,
)
from biometrics.kernel.errors import MalformedTransaction
from biometrics.kernel.evidence import Evidence

_VERSIONS = ("0400", "0500", "0501", "0502")  # that an answer may have: those that know all records that it may hold
_LATEST = _VERSIONS[-1]
_UTF_8 = "003\x1fUTF-8"
_DOM = 13
_TEXT = 2
MAX_TOLD = 100  # messages in one answer


@dataclass(frozen=True)
class AnswerCandidate:
    """A candidate in an answer. `evidence` is None if withheld."""

    national_number: str
    name: str
    evidence: Evidence | None
    finger: int | None = None


@dataclass(frozen=True)
class TransactionAnswer:
    """What an answer's Type-2 record says, and the records that follow it; empty texts are left out.

    `searches` are the ids of those that were made.
    """

    type_of_transaction: str
    messages: Sequence[str] = ()
    national_number: str = ""
    name: str = ""
    finding: str = ""
    candidates: Sequence[AnswerCandidate] = ()
    latent: bool = False
    records: Sequence[ItlRecord] = field(default_factory=tuple)
    searches: Sequence[str] = ()


def write(
    answer: TransactionAnswer,
    first: ItlRecord,
    text: ItlRecord | None,
    table: TransactionTable,
    encoding: Encoding | None,
) -> bytes:
    """Return the answer's file; `first` and `text` are the request's Type-1 and Type-2 records, `encoding` is its."""
    values = _text_fields(answer, first, text, table)
    rest = [_record(_TEXT, {IDC: "00"} | values), *answer.records]
    return itl.serialise([_first(answer.type_of_transaction, first, rest), *rest], encoding or Encoding.TRADITIONAL)


def refusal(
    first: ItlRecord,
    text: ItlRecord | None,
    table: TransactionTable,
    messages: Sequence[str],
    encoding: Encoding | None,
) -> bytes:
    """Return the file that says why a transaction was not carried out."""
    kind = table.kinds.get(_of(first, TOT))
    return write(TransactionAnswer(kind.error if kind else "ERRT", messages), first, text, table, encoding)


def _first(type_of_transaction: str, request: ItlRecord, rest: Sequence[ItlRecord]) -> ItlRecord:
    """Return the Type-1 record: sender and receiver change places, the control number is referred to."""
    now = datetime.now(UTC)
    version = _of(request, VER)
    values = {
        VER: version if version in _VERSIONS else _LATEST,
        itl.CNT: itl.contents(rest).decode("ascii"),
        TOT: type_of_transaction,
        DAT: now.strftime("%Y%m%d"),
        PRY: _of(request, PRY),
        DAI: _of(request, ORI) or "UNKNOWN",
        ORI: _of(request, DAI) or "UNKNOWN",
        TCN: f"PEHCHAN-{uuid.uuid4().hex[:20]}",
        TCR: _of(request, TCN),
        NSR: "00.00",
        NTR: "00.00",
        _DOM: "\x1f".join((request.items(_DOM) or [[]])[0]),
        GMT: now.strftime("%Y%m%d%H%M%SZ"),
    }
    if any(record.encoding == "utf-8" for record in rest) or not all(value.isascii() for value in values.values()):
        values[DCS] = _UTF_8
    return _record(1, values)


def _text_fields(
    answer: TransactionAnswer, first: ItlRecord, text: ItlRecord | None, table: TransactionTable
) -> dict[int, str]:
    """Return the fields of the Type-2 record."""
    values: dict[int, str] = {}
    for address in table.echo:
        values[address.number] = _echoed(first if address.type == 1 else text, address)
    people = answer.candidates
    messages = [*answer.messages, *_limits(people)]
    fields = {
        "national_number": answer.national_number,
        "name": answer.name,
        "finding": answer.finding,
        "message": _subfields([_plain(message) for message in messages[:MAX_TOLD]]),
        "candidates": _subfields(
            [f"{_plain(candidate.national_number)}\x1f{_plain(candidate.name)}" for candidate in people]
        ),
        "scores": _subfields(
            ["" if candidate.evidence is None else f"{candidate.evidence.decibans:.1f}" for candidate in people]
        ),
        "fingers": _subfields([f"{candidate.finger or 0:02d}" for candidate in people]) if answer.latent else "",
    }
    for name, value in fields.items():
        if value:
            values[table.answers[name].number] = value
    return {number: values[number] for number in sorted(values) if values[number]}


def _limits(people: Sequence[AnswerCandidate]) -> list[str]:
    """Return the limits of the scores of an answer, each once."""
    stated = [candidate.evidence for candidate in people if candidate.evidence is not None]
    limits = [
        f"Score {evidence.decibans:.1f}: {evidence.sentence}."
        for evidence in stated
        if evidence.capped and not evidence.orders_only
    ]
    limits += [f"Scores: {evidence.sentence}." for evidence in stated if evidence.orders_only]
    return list(dict.fromkeys(limits))


def _subfields(values: Sequence[str]) -> str:
    return RS.decode().join(values)


def _plain(text: str) -> str:
    """Return text without what parts fields."""
    return "".join(" " if each in "\x1c\x1d\x1e\x1f" else each for each in text)


def _echoed(record: ItlRecord | None, address: FieldAddress) -> str:
    """Return a field of the request as it was, in Unicode."""
    if record is None:
        return ""
    try:
        return RS.decode().join(US.decode().join(items) for items in record.items(address.number))
    except MalformedTransaction:
        return ""


def _of(record: ItlRecord, number: int) -> str:
    try:
        return record.text(number)
    except MalformedTransaction:
        return ""


def _record(record_type: int, values: dict[int, str]) -> ItlRecord:
    """Return a record of texts; in UTF-8 where ASCII does not do."""
    ascii_only = all(value.isascii() for value in values.values())
    # What a damaged request is quoted with may hold what parts fields.
    whole = {number: value.replace("\x1c", " ").replace("\x1d", " ") for number, value in values.items()}
    fields = tuple(Field(number, value.encode("utf-8")) for number, value in whole.items() if value)
    return ItlRecord(record_type, fields, encoding="latin-1" if ascii_only else "utf-8")
