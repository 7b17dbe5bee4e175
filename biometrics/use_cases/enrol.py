"""Enrolment: a person, an encounter and their samples into the records store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from biometrics.common.observing import Stage
from biometrics.domain.errors import PoorQuality, StoreUnavailable
from biometrics.domain.person import Encounter, Person
from biometrics.domain.types import Sample
from biometrics.matching.engine import Engine
from biometrics.records.cases.repository import CaseStore
from biometrics.records.values import EnrolledSample, Enrolment
from biometrics.records.watchlist.checks import CheckStore
from biometrics.use_cases.check_enrolment import check_at_once

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
    usable = accepted(extracted, accept_poor_quality)
    with engine.observer.stage(Stage.STORE):
        enrolment = engine.store.enrol(person, encounter, usable)
    return followed(engine, enrolment)


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
    engine.store.record(record_id)  # an unknown record is refused before the costly extraction
    extracted = engine.extract(samples, assess=True)
    return with_check(engine, add_extracted(engine, record_id, encounter, extracted, accept_poor_quality))


def add_extracted(
    engine: Engine, record_id: str, encounter: Encounter, extracted: Sequence[EnrolledSample], accept_poor_quality: str
) -> Enrolment:
    """Do as `add_encounter` does with samples that are extracted and assessed already."""
    usable = accepted(extracted, accept_poor_quality)
    with engine.observer.stage(Stage.STORE):
        enrolment = engine.store.add_encounter(record_id, encounter, usable)
    return followed(engine, enrolment)


def followed(engine: Engine, enrolment: Enrolment) -> Enrolment:
    """Let searches find an enrolment, and check it."""
    make_searchable(engine)
    return replace(enrolment, cases=check_at_once(engine, enrolment.encounter_id))


def with_check(engine: Engine, enrolment: Enrolment) -> Enrolment:
    """Return an enrolment with the outcome of its check so far; "not checked" where that cannot be read."""
    database, act = engine.store.database, engine.store.act
    try:
        if CheckStore(database, engine.rules.verified).check(enrolment.encounter_id) is not None:
            return enrolment
        case_ids = CaseStore(database, act).duplicates(enrolment.record_id, enrolment.encounter_id) if act else ()
    except StoreUnavailable as error:  # the enrolment stands: an error would have the station send it again
        log.warning("Stored; the outcome of the check cannot be read now: %s", error.message)
        return enrolment
    return replace(enrolment, checked=True, duplicates=tuple(case_ids))


def accepted(extracted: Sequence[EnrolledSample], reason: str) -> list[EnrolledSample]:
    """Give the samples below the floor the reason why they are enrolled.

    Raises:
        PoorQuality: there are such samples, and no reason.
    """
    poor = [sample for sample in extracted if not sample.assessment.acceptable]
    if poor and not reason.strip():
        raise PoorQuality(" ".join(_complaint(sample) for sample in poor))
    return [
        sample if sample.assessment.acceptable else replace(sample, accepted_because=reason) for sample in extracted
    ]


def _complaint(sample: EnrolledSample) -> str:
    what = "; ".join(fault.advice for fault in sample.assessment.faults) or "capture it again"
    return (
        f"{sample.sample.label}: the quality is {sample.assessment.score} of 100, too low to be found by: {what}. "
        "If it cannot be better, enrol it with a reason."
    )


def make_searchable(engine: Engine) -> None:
    """Let searches find what is stored, as soon as the index answers."""
    for channel in engine.channels.values():
        try:
            channel.gallery.catch_up()
        except Exception:  # what is stored is stored: an error here would have it sent again
            log.exception("Stored, and searchable once the index answers.")
