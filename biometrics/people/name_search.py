"""Searching records by name: an index finds the names that sound alike, then they are ranked by similarity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, intersect, or_, select, union, union_all

from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.names.likeness import spelt_likeness
from biometrics.names.spelling import joined, key, words
from biometrics.storage.tables.people import SPELLING_LENGTH, aliases, name_words, records

RANKED: Final = 2000  # records that sound alike and are ranked; of more than these, a query must say more
_CHUNK: Final = 500  # values in one IN list
_LAST: Final = "z" * SPELLING_LENGTH  # no spelling sorts after a word followed by these

MILLION: Final = 1_000_000

Spelt = tuple[str, ...]
Place = tuple[int, str]  # in a list: minus the likeness in millionths, and the id of the record


def write_names(connection: Connection, record_id: str, person: Person) -> None:
    """Index a record by its names, in place of its previous ones."""
    connection.execute(delete(name_words).where(name_words.c.record_id == record_id))
    if rows := rows_of(record_id, (person.name, *person.aliases)):
        connection.execute(name_words.insert(), rows)


def rows_of(record_id: str, names: Iterable[str]) -> list[dict[str, str]]:
    """Return the rows of a record's names."""
    spelt = dict.fromkeys(word for name in names for word in _written(words(name)))
    return [{"record_id": record_id, "word": word, "key": key(word)} for word in spelt]


def ranked(connection: Connection, name: str, conditions: Sequence[ColumnElement[bool]]) -> tuple[list[Place], bool]:
    """Return the records that match a name and meet the conditions, the most similar first.

    The second value says that more sound alike than are ranked, so that some may be missing. Records that are equally
    alike come in the order of their ids, so that a place in the list stays one.
    """
    spelt_name = words(name)
    if not spelt_name:
        return [], False
    record_ids: list[str] = []
    for sounding in (_exact(spelt_name), _sounding(spelt_name)):
        query = select(records.c.id).where(records.c.id.in_(sounding), *conditions).limit(RANKED + 1)
        record_ids += connection.execute(query).scalars()
    likeness = {
        record_id: max(spelt_likeness(spelt_name, spelt) for spelt in names)
        for record_id, names in _names(connection, list(dict.fromkeys(record_ids))).items()
    }
    places = sorted((-round(alike * MILLION), record_id) for record_id, alike in likeness.items() if alike)
    return places, len(record_ids) > RANKED


def _written(spelt: Spelt) -> Iterator[str]:
    """Yield all that a name is found by: its words, neighbours as one, and all of it as one."""
    for word in (*spelt, *joined(spelt), "".join(spelt)):
        if word:
            yield word[:SPELLING_LENGTH]


def _exact(query: Spelt) -> Select[Any]:
    return select(name_words.c.record_id).where(name_words.c.word == "".join(query)[:SPELLING_LENGTH])


def _sounding(query: Spelt) -> Select[Any]:
    """Return the ids of records with a word for each one that was asked, two neighbours of which may be one."""
    ways = [query, *(_with_joined(query, index) for index in range(len(query) - 1))]
    matches = union(*(_all_of(way) for way in ways)).subquery()
    return select(matches.c.record_id)


def _with_joined(query: Spelt, index: int) -> Spelt:
    return (*query[:index], query[index] + query[index + 1], *query[index + 2 :])


def _all_of(query: Spelt) -> Select[Any]:
    matches = intersect(*(_one_of(word[:SPELLING_LENGTH]) for word in query)).subquery()
    return select(matches.c.record_id)


def _one_of(word: str) -> Select[Any]:
    """Return the ids of records with a word that sounds like this one, or begins with it."""
    alike = or_(name_words.c.key == key(word), name_words.c.word.between(word, word + _LAST))
    return select(name_words.c.record_id).where(alike)


def _names(connection: Connection, record_ids: Sequence[str]) -> dict[str, list[Spelt]]:
    """Return the spellings of the names and aliases of records, by record."""
    spellings: defaultdict[str, list[Spelt]] = defaultdict(list)
    for chunk in in_chunks(record_ids, _CHUNK):
        main_names = select(records.c.id, records.c.name).where(records.c.id.in_(chunk))
        other_names = select(aliases.c.record_id, aliases.c.name).where(aliases.c.record_id.in_(chunk))
        for record_id, name in connection.execute(union_all(main_names, other_names)):
            spellings[record_id].append(words(name))
    return dict(spellings)
