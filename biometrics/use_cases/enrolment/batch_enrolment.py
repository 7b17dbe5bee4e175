"""Encounters that come late, many at a time, and maybe more than once: files to import, and queues of stations.

What has arrived before is known by its key for as long as keys are kept, and for ever by what is stored: the person has
an encounter of the same FIR number, station and day that shares a file with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometrics.kernel.errors import UnknownRecord
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample, Record, RecordQuery, StoredEncounter
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import add_extracted, enrol_extracted

_NAMESAKES = 100  # of one FIR and station whose files are looked at


@dataclass(frozen=True)
class Arrival:
    """One person's encounter. A person whose national number is on record gets it added to that record.

    `once` is by what it is known when it arrives again. `accept_poor_quality` is as for `enrol`. `leave_out`: samples
    that hold nothing usable are left out; else one of them refuses all.
    """

    person: Person
    encounter: Encounter
    samples: Sequence[Sample]
    idempotency_key: IdempotencyKey
    accept_poor_quality: str = ""
    leave_out: bool = False


@dataclass(frozen=True)
class ExtractedArrival:
    """An arrival whose samples are extracted, with a sentence for each that was left out."""

    arrival: Arrival
    extracted: Sequence[EnrolledSample]
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class StoredArrival:
    """Where an arrival is stored; `is_new` unless it had arrived before."""

    record_id: str
    national_number: str
    encounter_id: str
    is_new: bool


def taken_before(engine: Engine, idempotency_key: IdempotencyKey) -> StoredArrival | None:
    """Return the stored first arrival under a key, None where there was none, or not of late.

    Raises:
        KeyReused: the key was used for something else.
    """
    before = engine.for_request(idempotency_key).store.enrolled_before()
    return StoredArrival(before.record_id, before.national_number, before.encounter_id, False) if before else None


def find(engine: Engine, arrival: Arrival) -> StoredArrival | None:
    """Return the stored encounter of an arrival, None where it is not stored yet.

    Raises:
        KeyReused: its key was used for something else.
    """
    if before := taken_before(engine, arrival.idempotency_key):
        return before
    for record in _records(engine, arrival):
        for stored in record.encounters:
            if _is_of(arrival, stored):
                return StoredArrival(record.id, record.national_number, stored.id, False)
    return None


def prepare(engine: Engine, arrival: Arrival) -> ExtractedArrival:
    """Extract an arrival's samples, which takes nearly all of the time and can run in parallel.

    Raises:
        InvalidInput: a sample is unusable, or of a finger recorded as missing.
    """
    arrival.encounter.refuse_prints_of_missing(arrival.samples)
    if arrival.leave_out:
        return ExtractedArrival(arrival, *engine.extract_usable(arrival.samples, assess=True))
    return ExtractedArrival(arrival, engine.extract(arrival.samples, assess=True))


def take_in(engine: Engine, ready: ExtractedArrival) -> StoredArrival:
    """Enrol what is ready, unless it is there already.

    Raises:
        InvalidInput, Conflict, OutOfJurisdiction: it cannot be enrolled; nothing was written.
    """
    arrival = ready.arrival
    engine = engine.for_request(arrival.idempotency_key)
    if stored := find(engine, arrival):
        return stored
    rest = (arrival.encounter, ready.extracted, arrival.accept_poor_quality)
    if record := _numbered(engine, arrival.person.national_number):
        enrolment = add_extracted(engine, record.id, *rest)
    else:
        enrolment = enrol_extracted(engine, arrival.person, *rest)
    return StoredArrival(enrolment.record_id, enrolment.national_number, enrolment.encounter_id, True)


def enrol_once(engine: Engine, arrival: Arrival) -> StoredArrival:
    """Enrol an arrival, unless it is there already: then nothing of it is extracted.

    Raises:
        InvalidInput, Conflict, OutOfJurisdiction: it cannot be enrolled; nothing was written.
    """
    return find(engine, arrival) or take_in(engine, prepare(engine, arrival))


def _records(engine: Engine, arrival: Arrival) -> Sequence[Record]:
    """Return the records that an arrival may be in: that of the number, or those of the name, FIR and station."""
    if number := arrival.person.national_number:
        record = _numbered(engine, number)
        return [record] if record else []
    name, encounter = arrival.person.name, arrival.encounter
    query = RecordQuery(name=name, fir_number=encounter.fir_number, station_code=encounter.station_code)
    records = engine.store.people.find(query, _NAMESAKES).items
    return [record for record in records if record.person.name == name]


def _numbered(engine: Engine, number: str | None) -> Record | None:
    try:
        return engine.store.people.by_national_number(number) if number else None
    except UnknownRecord:
        return None


def _is_of(arrival: Arrival, stored: StoredEncounter) -> bool:
    """Say whether an encounter is the arrival's; two people of one name in one FIR share no file."""
    incoming, existing = arrival.encounter, stored.encounter
    if (incoming.fir_number, incoming.station_code, incoming.date) != (
        existing.fir_number,
        existing.station_code,
        existing.date,
    ):
        return False
    files = {sample.image_sha256 for sample in arrival.samples}
    return any(sample.image_sha256 in files for sample in stored.samples)
