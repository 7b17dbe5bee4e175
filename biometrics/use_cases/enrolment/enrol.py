"""Enrolment: a person, an encounter and their samples into the records store."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from biometrics.cases.reader import CaseReader
from biometrics.kernel.errors import PoorQuality, StoreUnavailable
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import ENROL, EnrolledSample, Enrolment
from biometrics.kernel.recognition.observing import WorkStage
from biometrics.kernel.recognition.types import QualityFault, Sample
from biometrics.matching.extraction import refuse_several_prints
from biometrics.osia.model import ClientData
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.storage.audit.log import Action, digest
from biometrics.storage.blobs.encrypted import Owner
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.check_enrolment import check_at_once
from biometrics.watchlist.checks import CheckReader

log = logging.getLogger("pehchan")


def enrol(
    engine: Engine, person: Person, encounter: Encounter, samples: Sequence[Sample], accept_poor_quality: str = ""
) -> Enrolment:
    """Create a record with its first encounter, searchable when this returns, or else as soon as the index answers.

    If the person resembles one on record or one of a standing search, the enrolment stands, and examiners get `cases`.

    `accept_poor_quality` says why samples below the quality floor are enrolled; it is stored with each of them.

    Raises:
        InvalidInput: a sample or field is unusable; nothing was written.
        DuplicateNationalNumber: add an encounter to that record instead.
    """
    if before := engine.store.enrolled_before():  # the request arrived again: nothing of it is extracted a second time
        return with_check(engine, before)
    encounter.refuse_prints_of_missing(samples)
    extracted = engine.extract(samples, assess=True)
    return with_check(engine, enrol_extracted(engine, person, encounter, extracted, accept_poor_quality))


def enrol_extracted(
    engine: Engine, person: Person, encounter: Encounter, extracted: Sequence[EnrolledSample], accept_poor_quality: str
) -> Enrolment:
    """Do as `enrol` does with samples that are extracted and assessed already."""
    usable = apply_quality_policy(extracted, accept_poor_quality)
    with engine.observer.stage(WorkStage.STORE):
        enrolment = store_person(engine.store, person, encounter, usable)
    return index_and_check(engine, enrolment)


def add_encounter(
    engine: Engine, record_id: str, encounter: Encounter, samples: Sequence[Sample], accept_poor_quality: str = ""
) -> Enrolment:
    """Add an encounter to a record, searchable when this returns; the rest is as for `enrol`.

    Raises:
        UnknownRecord, InvalidInput: nothing was written.
    """
    if before := engine.store.enrolled_before():
        return with_check(engine, before)
    encounter.refuse_prints_of_missing(samples)
    engine.store.people.get(record_id)  # an unknown record is refused before the costly extraction
    extracted = engine.extract(samples, assess=True)
    return with_check(engine, add_extracted(engine, record_id, encounter, extracted, accept_poor_quality))


def add_extracted(
    engine: Engine, record_id: str, encounter: Encounter, extracted: Sequence[EnrolledSample], accept_poor_quality: str
) -> Enrolment:
    """Do as `add_encounter` does with samples that are extracted and assessed already."""
    usable = apply_quality_policy(extracted, accept_poor_quality)
    with engine.observer.stage(WorkStage.STORE):
        enrolment = store_encounter(engine.store, record_id, encounter, usable)
    return index_and_check(engine, enrolment)


def store_person(
    store: RecordStore,
    person: Person,
    encounter: Encounter,
    samples: Sequence[EnrolledSample],
    client: ClientData | None = None,
    person_id: str = "",
) -> Enrolment:
    """Store a new record with its first encounter.

    `client` is what a client of OSIA's interface says of the encounter, `person_id` the id that it gives the person.

    Raises:
        DuplicateNationalNumber: another record has the number.
        EncounterExists: the person's id is taken.
        InvalidField: a print is of a finger that the encounter says is missing.
    """
    record_id = str(uuid.uuid4())

    def write(work: UnitOfWork) -> Enrolment:
        if not work.is_first:
            return Enrolment.of_content(work.answer)
        record = work.people.add(person, encounter.state_code, record_id, number)
        enrolment = work.encounters.add(record, encounter, samples)
        if person_id:
            work.client_data.name_person(record.id, person_id)
        return _completed(work, Action.ENROLLED, enrolment, samples, client)

    with store.uploads() as uploads:
        uploads.prepare(Owner(record_id, uploads.new_secret(record_id)), samples)
        number = store.reserve_number(person, encounter.state_code)
        return store.carry_out(write, ENROL, uploads)


def store_encounter(
    store: RecordStore,
    record_id: str,
    encounter: Encounter,
    samples: Sequence[EnrolledSample],
    client: ClientData | None = None,
) -> Enrolment:
    """Store another encounter of a record; `client` is as for `store_person`.

    Raises:
        UnknownRecord: there is none of this id.
        EncounterExists: the person has an encounter of the client's id.
        InvalidField: a print is of a finger that the encounter says is missing.
    """

    def write(work: UnitOfWork) -> Enrolment:
        if not work.is_first:
            return Enrolment.of_content(work.answer)
        enrolment = work.encounters.add(work.people.hold(record_id), encounter, samples)
        return _completed(work, Action.ENCOUNTER_ADDED, enrolment, samples, client)

    with store.uploads() as uploads:
        store.prepare(uploads, record_id, samples)
        return store.carry_out(write, ENROL, uploads)


def _completed(
    work: UnitOfWork,
    action: Action,
    enrolment: Enrolment,
    samples: Sequence[EnrolledSample],
    client: ClientData | None,
) -> Enrolment:
    """Write what belongs to a new encounter: a client's data, the audit entry, and the answer to a repeated request."""
    if client:
        work.client_data.add(enrolment, client)
    work.audit(action, enrolment.record_id, **audited(enrolment, samples))
    work.remember(enrolment.content())
    return enrolment


def replace_encounter(
    store: RecordStore,
    record_id: str,
    encounter_id: str,
    encounter: Encounter,
    samples: Sequence[EnrolledSample],
    client: ClientData | None = None,
    person: Person | None = None,
) -> Enrolment:
    """Replace an encounter and its samples, which are searched for as an enrolment's; the history keeps what was there.

    `client` is as for `store_person`; `person` replaces the person's data, too.

    Raises:
        UnknownRecord, UnknownEncounter: there is none of this id, or not in this record.
        InvalidField: a print is of a finger that the encounter says is missing.
    """

    def write(work: UnitOfWork) -> Enrolment:
        record = work.people.hold(record_id)
        enrolment, replaced = work.encounters.replace(record, encounter_id, encounter, samples)
        if client:
            work.client_data.replace(encounter_id, client)
        if person:
            work.people.correct(record, person)
            work.audit(Action.RECORD_CORRECTED, record.id)
        detail = {"version": replaced.version, "replaced": replaced.sample_ids}
        work.audit(Action.ENCOUNTER_REPLACED, record.id, **audited(enrolment, samples), **detail)
        return enrolment

    with store.uploads() as uploads:
        store.prepare(uploads, record_id, samples)
        return store.carry_out(write, uploads=uploads)


def audited(enrolment: Enrolment, samples: Sequence[EnrolledSample]) -> dict[str, Any]:
    """Return the audit detail of an enrolment."""
    files = [sample.sample.image_sha256 for sample in samples]
    detail = {"encounter": enrolment.encounter_id, "samples": list(enrolment.sample_ids), "digest": digest(files)}
    pairs = zip(enrolment.sample_ids, samples, strict=True)
    several = [sample_id for sample_id, sample in pairs if QualityFault.SEVERAL_PRINTS in sample.assessment.faults]
    return detail | ({"several_prints": several} if several else {})


def index_and_check(engine: Engine, enrolment: Enrolment) -> Enrolment:
    """Add an enrolment to the searchable galleries, and check it."""
    make_searchable(engine)
    return replace(enrolment, cases=check_at_once(engine, enrolment.encounter_id))


def with_check(engine: Engine, enrolment: Enrolment) -> Enrolment:
    """Return an enrolment with the outcome of its check so far; "not checked" where that cannot be read."""
    database, act = engine.store.database, engine.store.act
    try:
        if CheckReader(database).check(enrolment.encounter_id) is not None:
            return enrolment
        cases = CaseReader(database, act) if act else None
        case_ids = cases.duplicates(enrolment.encounter_id) if cases else []
        numbers = cases.numbers(case_ids) if cases else {}
    except StoreUnavailable as error:  # the enrolment stands: an error would have the station send it again
        log.warning("Stored; the outcome of the check cannot be read now: %s", error.message)
        return enrolment
    case_numbers = tuple(numbers[case_id] for case_id in case_ids)
    return replace(enrolment, checked=True, duplicates=tuple(case_ids), duplicate_numbers=case_numbers)


def apply_quality_policy(extracted: Sequence[EnrolledSample], reason: str) -> list[EnrolledSample]:
    """Give the samples that are not acceptable the reason why they are enrolled.

    Raises:
        SeveralPrints, PoorQuality: there are such samples, and no reason.
    """
    poor = [sample for sample in extracted if not sample.assessment.acceptable]
    if poor and not reason.strip():
        for sample in poor:
            refuse_several_prints(sample)
        raise PoorQuality(" ".join(_complaint(sample) for sample in poor))
    return [
        sample if sample.assessment.acceptable else replace(sample, accepted_because=reason) for sample in extracted
    ]


def _complaint(sample: EnrolledSample) -> str:
    advice = "; ".join(fault.advice for fault in sample.assessment.faults) or "capture it again"
    return (
        f"{sample.sample.label}: the quality is {sample.assessment.score} of 100, too low to be found by: {advice}. "
        "If it cannot be better, enrol it with a reason."
    )


def make_searchable(engine: Engine) -> None:
    """Make stored templates searchable, as soon as the index answers."""
    for modality in engine.channels:
        try:
            engine.channels[modality].gallery.catch_up()
        except Exception:  # what is stored is stored: an error here would have it sent again
            log.exception("Stored, and searchable once the index answers.")
