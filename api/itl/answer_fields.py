"""The content of an answer to a transaction, and the fields of its Type-2 record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from api.itl.table import AnswerForm
from biometrics.itl import RS, ItlRecord
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.evidence import Evidence

MAX_TOLD = 100  # messages in one answer


@dataclass(frozen=True)
class AnswerCandidate:
    """A candidate in an answer; of another unit's person only that unit. `evidence` is None if withheld."""

    national_number: str
    name: str
    evidence: Evidence | None
    finger: int | None = None
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True)
class TransactionAnswer:
    """What an answer's Type-2 record says, and the records that follow it; empty texts are left out.

    `searches` are the ids of those that were made, `errors` why the transaction was not carried out, as the values of
    INTERPOL's field 2.074.
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
    errors: Sequence[tuple[str, str, str]] = ()


def text_fields(answer: TransactionAnswer, form: AnswerForm) -> dict[int, str]:
    """Return the fields of an answer's Type-2 record by their number."""
    people = answer.candidates
    fields = {
        "national_number": answer.national_number,
        "name": answer.name,
        "finding": answer.finding,
        "message": messages_of(answer, people),
        "candidates": _subfields([f"{plain(person.national_number)}\x1f{plain(person.name)}" for person in people]),
        "scores": _subfields([score_of(person) for person in people]),
        "fingers": _subfields([f"{candidate.finger or 0:02d}" for candidate in people]) if answer.latent else "",
    }
    return {form.fields[name].number: value for name, value in fields.items() if value}


def messages_of(answer: TransactionAnswer, people: Sequence[AnswerCandidate]) -> str:
    """Return the sentences of an answer, with the limits of the scores of these candidates, as subfields."""
    messages = [*answer.messages, *_limits(people)]
    return _subfields([plain(message) for message in messages[:MAX_TOLD]])


def score_of(candidate: AnswerCandidate) -> str:
    """Return the score of a candidate in decibans; empty if withheld."""
    return "" if candidate.evidence is None else f"{candidate.evidence.decibans:.1f}"


def _limits(people: Sequence[AnswerCandidate]) -> list[str]:
    """Return the limits of the scores of an answer, each once."""
    scores = [candidate.evidence for candidate in people if candidate.evidence is not None]
    limits = [
        f"Score {evidence.decibans:.1f}: {evidence.sentence}."
        for evidence in scores
        if evidence.capped and not evidence.orders_only
    ]
    limits += [f"Scores: {evidence.sentence}." for evidence in scores if evidence.orders_only]
    return list(dict.fromkeys(limits))


def _subfields(values: Sequence[str]) -> str:
    return RS.decode().join(values)


def plain(text: str) -> str:
    """Return text without what parts fields."""
    return "".join(" " if character in "\x1c\x1d\x1e\x1f" else character for character in text)
