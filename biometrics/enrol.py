"""Enrolment: a person, an encounter and their samples into the records store."""

from __future__ import annotations

from collections.abc import Sequence

from biometrics.engine import Engine
from biometrics.person import Encounter, Person
from biometrics.records.values import Enrolment
from biometrics.types import Sample


def enrol(engine: Engine, person: Person, encounter: Encounter, samples: Sequence[Sample]) -> Enrolment:
    """Create a record with its first encounter, searchable when this returns.

    Raises:
        InvalidInput: a sample or field is unusable; nothing was written.
        DuplicateNationalNumber: add an encounter to that record instead.
    """
    enrolment = engine.store.enrol(person, encounter, engine.extract(samples))
    _make_searchable(engine)
    return enrolment


def add_encounter(engine: Engine, record_id: str, encounter: Encounter, samples: Sequence[Sample]) -> Enrolment:
    """Add an encounter to a record, searchable when this returns.

    Raises:
        UnknownRecord, InvalidInput: nothing was written.
    """
    engine.store.record(record_id)  # an unknown record is refused before the costly extraction
    enrolment = engine.store.add_encounter(record_id, encounter, engine.extract(samples))
    _make_searchable(engine)
    return enrolment


def _make_searchable(engine: Engine) -> None:
    for channel in engine.channels.values():
        channel.gallery.catch_up()
