"""The fields of INTERPOL's answers: SRE with one candidate of a search, ERR with codes of errors.

Source: INT-I 6.00, its machine-readable tables of fields and of codes.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from api.itl.answer_fields import AnswerCandidate, TransactionAnswer, messages_of, plain, score_of
from api.itl.table import INTERPOL, AnswerForm
from biometrics.itl import RS, TOT, US, ItlRecord
from biometrics.itl.dictionary import field_rule
from biometrics.itl.kinds import check_character
from biometrics.kernel.errors import FieldFault, MalformedTransaction, NotFound, PehchanError
from biometrics.kernel.people.record import Elsewhere

_HIT, _NO_HIT = "I", "N"
_UNVERIFIED, _UNCONFIRMED = "N", "UC"
_UNKNOWN_POSITION = "0"
_MISSING, _NO_NUMBER, _NO_DATE, _NO_TIME, _WRONG_VALUE, _WRONG_RECORD = "101", "108", "112", "114", "115", "117"
_OTHER = "999"
_BY_FIELD = {"1.004": "116", "1.009": "201"}
_BY_KIND = {"int": _NO_NUMBER, "idc": _NO_NUMBER, "date": _NO_DATE, "utc": _NO_TIME}
_MOST_CHARACTERS, _MOST_OF_CONTACT = 128, 64


def control_number(now: datetime) -> str:
    """Return a new control number (1.009): year, twelve digits, check character."""
    digits = f"{now:%y}{secrets.randbelow(10**12):012d}"
    return digits + check_character(digits)


def one_candidate(
    answer: TransactionAnswer, first: ItlRecord, text: ItlRecord | None, form: AnswerForm, rank: int
) -> dict[int, str]:
    """Return the fields of an answer's Type-2 record by their number: one candidate, or the errors.

    Raises:
        NotFound: there are fewer candidates.
    """
    # Of prints and photos, candidates below the threshold are no hit; of latents, all are for an examiner to look at.
    people = answer.candidates if answer.latent or answer.finding == _HIT else ()
    if rank > max(len(people), 1):
        raise NotFound(f"The search has {len(people)} candidates, and not a candidate {rank}.")
    candidate = people[rank - 1] if people else None
    values = {"message": messages_of(answer, [candidate] if candidate else [])}
    if answer.errors:
        values["error_message"] = RS.decode().join(_joined(*error) for error in answer.errors)
    else:
        counted = (str(rank), str(len(people))) if candidate else ("0", "0")
        finding = _HIT if candidate else _NO_HIT
        values["candidates"] = _joined(counted[0], _UNVERIFIED, counted[1], first.text(TOT), finding)
        if text is not None and text.get(form.fields["mode"].number):
            values["mode"] = _UNCONFIRMED
    if candidate:
        values |= _of_candidate(candidate, form.country, latent=answer.latent)
    return {form.fields[name].number: value for name, value in values.items() if value}


def error_values(error: PehchanError, form: AnswerForm) -> list[tuple[str, str, str]]:
    """Return the codes, fields and texts of the reasons why a transaction was not carried out."""
    if isinstance(error, MalformedTransaction) and error.faults:
        return [_of_fault(fault) for fault in error.faults]
    return [(form.error_codes.get(error.code, _OTHER), "", _short(error.message, _MOST_CHARACTERS))]


def _of_candidate(candidate: AnswerCandidate, country: str, *, latent: bool) -> dict[str, str]:
    if candidate.elsewhere:
        return {"contact": _contact(candidate.elsewhere)}
    finger = _joined(_UNKNOWN_POSITION, str(int(candidate.finger or 0))) if latent else ""
    return {
        "national_number": _joined(country, plain(candidate.national_number)),
        "name": _joined(*[""] * 6, plain(candidate.name)),  # in one text: prefix, given name, ... surname are not known
        "fingers": finger,
        "scores": score_of(candidate),
    }


def _contact(unit: Elsewhere) -> str:
    """Return the contact of a unit: telephone, organisation, person, text."""
    telephone = "".join(filter(str.isdigit, unit.telephone))[:_MOST_OF_CONTACT]
    return _joined(
        telephone, _short(unit.name, _MOST_OF_CONTACT), "", _short(f"Unit {unit.unit.path}", _MOST_OF_CONTACT)
    )


def _of_fault(fault: FieldFault) -> tuple[str, str, str]:
    record_type, _, number = fault.field.partition(".")
    rule = field_rule(int(record_type), int(number), INTERPOL) if number else None
    code = _WRONG_RECORD if rule is None else _MISSING
    if rule and fault.found:
        code = _BY_FIELD.get(fault.field) or _BY_KIND.get(rule.kind.partition(":")[0], _WRONG_VALUE)
    return code, rule.mnemonic if rule else "", _short(fault.message, _MOST_CHARACTERS)


def _joined(*items: str) -> str:
    return US.decode().join(items)


def _short(text: str, length: int) -> str:
    return plain(text)[:length]
