"""The outcome of a transaction as the file that answers it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from api.itl.answer_fields import TransactionAnswer, text_fields
from api.itl.interpol_answers import control_number, error_values, one_candidate
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
from biometrics.kernel.errors import MalformedTransaction, PehchanError

_ANM = 17
_VERSIONS = ("0400", "0500", "0501", "0502")  # that an answer may have: those that know all records that it may hold
_LATEST = _VERSIONS[-1]
_UTF_8 = "003\x1fUTF-8"
_DOM = 13
_TEXT = 2


def write(
    answer: TransactionAnswer,
    first: ItlRecord,
    text: ItlRecord | None,
    table: TransactionTable,
    encoding: Encoding | None,
    candidate: int = 1,
) -> bytes:
    """Return the answer's file; `first` and `text` are the request's Type-1 and Type-2 records, `encoding` is its.

    An answer that has one candidate only has that of place `candidate`.

    Raises:
        NotFound: there are fewer candidates.
    """
    interpols = table.answer.has_one_candidate
    answer_values = (
        one_candidate(answer, first, text, table.answer, candidate) if interpols else text_fields(answer, table.answer)
    )
    echoed = {address.number: _echoed(first if address.type == 1 else text, address) for address in table.answer.echo}
    values = {number: value for number, value in sorted((echoed | answer_values).items()) if value}
    rest = [_record(_TEXT, {IDC: "00"} | values), *answer.records]
    head = _first(answer.type_of_transaction, first, rest, interpols=interpols)
    return itl.serialise([head, *rest], encoding or Encoding.TRADITIONAL)


def refusal(
    first: ItlRecord,
    text: ItlRecord | None,
    table: TransactionTable,
    messages: Sequence[str],
    error: PehchanError,
    encoding: Encoding | None,
) -> bytes:
    """Return the file that says why a transaction was not carried out."""
    errors = error_values(error, table.answer) if table.answer.has_one_candidate else ()
    answer = TransactionAnswer(table.error_of(_first_item(first, TOT)), messages, errors=errors)
    return write(answer, first, text, table, encoding)


def _first(type_of_transaction: str, request: ItlRecord, rest: Sequence[ItlRecord], *, interpols: bool) -> ItlRecord:
    """Return the Type-1 record: sender and receiver change places, the control number is referred to."""
    now = datetime.now(UTC)
    version = _first_item(request, VER)
    unknown = "" if interpols else "UNKNOWN"  # INTERPOL names agencies in 1.017
    names = _items(request, _ANM)
    values = {
        VER: version if version in _VERSIONS else _LATEST,
        itl.CNT: itl.contents(rest).decode("ascii"),
        TOT: type_of_transaction,
        DAT: now.strftime("%Y%m%d"),
        PRY: _first_item(request, PRY),
        DAI: _first_item(request, ORI) or unknown,
        ORI: _first_item(request, DAI) or unknown,
        TCN: control_number(now) if interpols else f"PEHCHAN-{uuid.uuid4().hex[:20]}",
        TCR: _first_item(request, TCN),
        NSR: "00.00",
        NTR: "00.00",
        _DOM: "\x1f".join(_items(request, _DOM)),
        GMT: now.strftime("%Y%m%d%H%M%SZ"),
        # The receiver's and the sender's name, and their countries.
        _ANM: "\x1f".join(names[at ^ 1] for at in range(len(names))) if len(names) in (2, 4) else "",
    }
    if any(record.encoding == "utf-8" for record in rest) or not all(value.isascii() for value in values.values()):
        values[DCS] = _UTF_8
    return _record(1, values)


def _echoed(record: ItlRecord | None, address: FieldAddress) -> str:
    """Return a field of the request as it was, in Unicode."""
    if record is None:
        return ""
    try:
        return RS.decode().join(US.decode().join(items) for items in record.items(address.number))
    except MalformedTransaction:
        return ""


def _first_item(record: ItlRecord, number: int) -> str:
    return next(iter(_items(record, number)), "")


def _items(record: ItlRecord, number: int) -> list[str]:
    """Return the items of a field's first subfield; none if it cannot be read."""
    try:
        return next(iter(record.items(number)), [])
    except MalformedTransaction:
        return []


def _record(record_type: int, values: dict[int, str]) -> ItlRecord:
    """Return a record of texts; in UTF-8 where ASCII does not do."""
    ascii_only = all(value.isascii() for value in values.values())
    # What a damaged request is quoted with may hold what parts fields.
    whole = {number: value.replace("\x1c", " ").replace("\x1d", " ") for number, value in values.items()}
    fields = tuple(Field(number, value.encode("utf-8")) for number, value in whole.items() if value)
    return ItlRecord(record_type, fields, encoding="latin-1" if ascii_only else "utf-8")
