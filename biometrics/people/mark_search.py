"""Finding records by the marks on a person's body: those that photos show, and those described on the arrest form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    delete,
    exists,
    or_,
    select,
    union_all,
)

from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.body_marks import BodySide, MarkColour, PhotographedMark, overlapping
from biometrics.kernel.recognition.modality import Modality
from biometrics.names.mark_terms import WORD_LENGTH, terms_of
from biometrics.names.spelling import key, words
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.history import replaced_samples
from biometrics.storage.tables.people import (
    described_mark_terms,
    encounters,
    mark_terms,
    samples,
)

Condition = Callable[[ColumnElement[str]], ColumnElement[bool]]

_LAST: Final = "z" * WORD_LENGTH  # no spelling sorts after a word followed by these


def write_photographed(connection: Connection, marks: Mapping[int, PhotographedMark]) -> None:
    """Index new samples by the marks that they show; `marks` are by sample id."""
    rows = [
        {"sample_id": sample_id, "term": term} for sample_id, mark in marks.items() for term in terms_of(asdict(mark))
    ]
    if rows:
        connection.execute(mark_terms.insert(), rows)


def write_described(connection: Connection, record_id: str, person: Person) -> None:
    """Index a record by the marks that its particulars describe, in place of its previous ones."""
    connection.execute(delete(described_mark_terms).where(described_mark_terms.c.record_id == record_id))
    rows = [
        {"record_id": record_id, "ordinal": ordinal, "term": term}
        for ordinal, mark in enumerate(person.particulars.appearance.marks)
        for term in terms_of(asdict(mark))
    ]
    if rows:
        connection.execute(described_mark_terms.insert(), rows)


def forget_photographed(connection: Connection, sample_ids: Sequence[int]) -> None:
    """Remove samples from the index of marks."""
    connection.execute(delete(mark_terms).where(mark_terms.c.sample_id.in_(sample_ids)))


def is_of_marks(query: RecordQuery) -> bool:
    """Say whether a query has conditions on a mark."""
    return bool(_conditions(query))


def records_with(query: RecordQuery, *of_record: ColumnElement[str]) -> CompoundSelect[Any]:
    """Return the query for ids of records that have one mark which meets all conditions; only of one if it is given."""
    photographed = (
        select(encounters.c.record_id)
        .join(samples, samples.c.encounter_id == encounters.c.id)
        .join(mark_terms, mark_terms.c.sample_id == samples.c.id)
        .where(*(encounters.c.record_id == one for one in of_record), *_all_met(query, mark_terms.c.sample_id))
    )
    owner = (described_mark_terms.c.record_id, described_mark_terms.c.ordinal)
    described = select(owner[0]).where(*(owner[0] == one for one in of_record), *_all_met(query, *owner))
    return union_all(photographed, described)


def photographed(query: RecordQuery, code: str, after: int | None) -> Select[Any]:
    """Return the query for ids of samples that show a mark which meets all conditions, the newest first.

    `code` is the beginning of an NCIC code, "" for any; `after` is the id of the last sample of the page before.
    Without a condition those too are found of whose mark nothing is stated.
    """
    query_for_ids = select(samples.c.id).order_by(samples.c.id.desc())
    if is_of_marks(query):
        with_mark = select(mark_terms.c.sample_id).where(*_all_met(query, mark_terms.c.sample_id))
        query_for_ids = query_for_ids.where(samples.c.id.in_(with_mark))
    else:
        showing = [modality for modality in Modality.registered() if modality.traits.shows_marks]
        replaced = exists().where(replaced_samples.c.sample_id == samples.c.id)
        query_for_ids = query_for_ids.where(samples.c.modality.in_(showing), ~replaced)
    if code:
        query_for_ids = query_for_ids.where(
            samples.c.mark["code"].as_string().startswith(code.upper(), autoescape=True)
        )
    return query_for_ids if after is None else query_for_ids.where(samples.c.id < min(after, MAX_ROW_NUMBER))


def _all_met(query: RecordQuery, *owner: Column[Any]) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on the terms of one mark, which `owner` names: the first on a row, the others on others."""
    first, *further = _conditions(query)
    table = owner[0].table
    yield first(table.c.term)
    for condition in further:
        other = table.alias()
        yield exists().where(*(other.c[column.name] == column for column in owner), condition(other.c.term))


def _conditions(query: RecordQuery) -> list[Condition]:
    """Return the conditions on a mark, those first that few marks meet."""
    spelt = [word for word in words(query.mark) if len(word) > 1] or list(words(query.mark))
    conditions = [_sounds_like(word[:WORD_LENGTH]) for word in spelt]
    if query.tattoo_class is not None:
        conditions.append(_one_of("shows", {query.tattoo_class}))
    if query.mark_colour is not None:
        conditions.append(_one_of("colour", {query.mark_colour, MarkColour.SEVERAL}))
    if query.body_part is not None:
        conditions.append(_one_of("part", overlapping({query.body_part})))
    if query.mark_kind is not None:
        conditions.append(_one_of("kind", {query.mark_kind}))
    if query.body_side is not None:
        conditions.append(_one_of("side", {query.body_side, BodySide.NONE}))
    return conditions


def _sounds_like(word: str) -> Condition:
    start, sound = f"word={word}", f"sound={key(word)}"
    return lambda term: or_(term.between(start, start + _LAST), term == sound)


def _one_of(name: str, values: Iterable[str]) -> Condition:
    terms = sorted(f"{name}={value}" for value in values)
    return lambda term: term.in_(terms)
