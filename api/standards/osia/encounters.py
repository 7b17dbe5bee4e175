"""OSIA operations on people and encounters: create, read, update, delete, merge, move."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.standards.common.service import Abis
from api.standards.osia.calls import Call
from api.standards.osia.encounter_json import osia_encounter
from api.standards.osia.people import encounter_of, person_of
from api.standards.osia.samples import SampleSet, read_sample_set, rounds
from api.standards.osia.schemas import OsiaEncounterIn
from biometrics.kernel.errors import EncounterExists, InvalidField, NotFound, UnknownRecord
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample, Enrolment
from biometrics.matching.extraction import refuse_several_prints
from biometrics.osia.model import ClientData, check_name
from biometrics.use_cases.enrolment.enrol import (
    apply_quality_policy,
    index_and_check,
    make_searchable,
    replace_encounter,
    store_encounter,
    store_person,
)

_STORED_AS_SENT = ("clientData", "contextualData", "biographicData")
BECAUSE = "Sent by a client of the OSIA interface, which cannot state a reason"


def create(abis: Abis, call: Call, body: OsiaEncounterIn) -> dict[str, Any]:
    """Store an encounter, of a new person or of a known one."""
    person_id, client_id = str(call.parameters.get("personId", "")), str(call.parameters.get("encounterId", ""))
    if person_id:
        check_name("personId", person_id)
    if call.is_retry and (earlier_result := _earlier_result(abis, call, person_id, client_id)):
        return earlier_result
    sample_set = _sample_set(abis, body, client_id)
    data = _client_data(call, body, sample_set, client_id)
    encounter = _encounter(abis, body, sample_set)
    extracted = _extract(abis, sample_set)
    record_id = _find_record_id(abis, person_id)
    if record_id is None:
        person = person_of(body.biographicData, person_id)
        enrolment = store_person(abis.store, person, encounter, extracted, data, person_id)
    else:
        enrolment = store_encounter(abis.store, record_id, encounter, extracted, data)
    cases = index_and_check(abis.engine, enrolment).cases
    return _stored(enrolment, person_id, client_id, extracted, sample_set, cases)


def update(abis: Abis, call: Call, body: OsiaEncounterIn) -> dict[str, Any]:
    """Replace an encounter; a person with no other encounter also gets the biographic data."""
    person_id, client_id = call.text("personId"), call.text("encounterId")
    before = abis.osia.encounter(person_id, client_id)
    sample_set = _sample_set(abis, body, client_id)
    data = _client_data(call, body, sample_set, client_id)
    extracted = _extract(abis, sample_set)
    person = None
    if len(before.record.encounters) == 1 and isinstance(body.biographicData, dict):
        person = _corrected(before.record.person, body.biographicData)
    encounter = _encounter(abis, body, sample_set)
    enrolment = replace_encounter(abis.store, before.record.id, before.stored.id, encounter, extracted, data, person)
    cases = index_and_check(abis.engine, enrolment).cases
    return _stored(enrolment, person_id, client_id, extracted, sample_set, cases)


def read(abis: Abis, call: Call, _: None) -> dict[str, Any]:
    """Read one encounter."""
    return osia_encounter(abis.store, abis.osia.encounter(call.text("personId"), call.text("encounterId")))


def read_all(abis: Abis, call: Call, _: None) -> list[dict[str, Any]]:
    """Read all encounters of a person."""
    return [osia_encounter(abis.store, encounter) for encounter in abis.osia.encounters(call.text("personId"))]


def delete(abis: Abis, call: Call, _: None) -> None:
    """Remove an encounter, and the person with the last one."""
    try:
        encounter = abis.osia.encounter(call.text("personId"), call.text("encounterId"))
        abis.retention.delete(encounter.record.id, "deleteEncounter of OSIA's interface", encounter.stored.id)
    except NotFound:
        if not call.is_retry:
            raise
    make_searchable(abis.engine)


def delete_all(abis: Abis, call: Call, _: None) -> None:
    """Remove a person."""
    try:
        record_id = abis.osia.record_id(call.text("personId"), strictly=True)
        abis.retention.delete(record_id, "deleteAll of OSIA's interface")
    except NotFound:
        if not call.is_retry:
            raise
    make_searchable(abis.engine)


def set_status(abis: Abis, call: Call, _: None) -> None:
    """Make an encounter visible to searches, or hide it."""
    status = call.text("status")
    if status not in ("ACTIVE", "INACTIVE"):
        raise InvalidField("The status is ACTIVE or INACTIVE.")
    abis.osia.set_active(call.text("personId"), call.text("encounterId"), status == "ACTIVE")
    make_searchable(abis.engine)


def set_galleries(abis: Abis, call: Call, body: list[str]) -> None:
    """Set the galleries of an encounter."""
    abis.osia.set_galleries(call.text("personId"), call.text("encounterId"), body)
    make_searchable(abis.engine)


def allot(call: Call) -> Call:
    """Give a call that creates an encounter the ids that the client left out, so that a second run reuses them."""
    new = {name: str(uuid.uuid4()) for name in ("personId", "encounterId") if not call.parameters.get(name)}
    return replace(call, parameters={**call.parameters, **new})


def _sample_set(abis: Abis, body: OsiaEncounterIn, client_id: str) -> SampleSet:
    if body.encryption is not None:
        raise InvalidField("The encounter is encrypted; send it in the clear, over TLS.")
    if client_id and body.encounterId not in (None, client_id):
        raise InvalidField("The encounterId in the body is not that of the path; leave it out.")
    return read_sample_set(body.biometricData, abis.fetch)


def _client_data(call: Call, body: OsiaEncounterIn, sample_set: SampleSet, client_id: str) -> ClientData:
    content_fields = {name: getattr(body, name) for name in _STORED_AS_SENT if name in body.model_fields_set}
    if body.integrity is not None:
        content_fields["integrity"] = [signature.model_dump(exclude_none=True) for signature in body.integrity]
    content_fields["biometricData"] = list(sample_set.items)
    content = json.dumps(content_fields).encode("ascii")
    return ClientData(client_id, body.encounterType, tuple(body.galleries), body.status == "ACTIVE", content, call.task)


def _encounter(abis: Abis, body: OsiaEncounterIn, sample_set: SampleSet) -> Encounter:
    encounter = encounter_of(body.contextualData, body.encounterType, abis.filed_at, abis.act.actor.name)
    encounter = replace(encounter, missing_fingers=sample_set.missing)
    encounter.refuse_prints_of_missing(sample_set.samples)
    return encounter


def _extract(abis: Abis, sample_set: SampleSet) -> list[EnrolledSample]:
    """Extract samples, in their order; poor ones are accepted, since they cannot be captured again.

    Raises:
        SeveralPrints: one may show more than one print, which nobody was asked about.
    """
    by_sample: dict[int, EnrolledSample] = {}
    for part in rounds(sample_set.samples):
        extracted = [refuse_several_prints(sample) for sample in abis.engine.extract(part, assess=True)]
        for sample, accepted in zip(part, apply_quality_policy(extracted, BECAUSE), strict=True):
            by_sample[id(sample)] = accepted
    return [by_sample[id(sample)] for sample in sample_set.samples]


def _find_record_id(abis: Abis, person_id: str) -> str | None:
    try:
        return abis.osia.record_id(person_id) if person_id else None
    except UnknownRecord:
        return None


def _earlier_result(abis: Abis, call: Call, person_id: str, client_id: str) -> dict[str, Any] | None:
    """Return the result of an earlier run of the same task."""
    try:
        encounter = abis.osia.encounter(person_id, client_id)
    except NotFound:
        return None
    if encounter.task_id != call.task:
        raise EncounterExists(f"The person has an encounter {client_id} already; give another id.")
    make_searchable(abis.engine)
    return {"personId": person_id, "encounterId": client_id}


def _corrected(person: Person, biographic: dict[str, Any]) -> Person:
    """Return a person with the biographic data that a client sends."""
    sent = person_of(biographic)
    born = sent.particulars.birth_date
    return replace(
        person,
        name=sent.name,
        sex=sent.sex,
        birth_year=sent.birth_year,
        particulars=replace(person.particulars, birth_date=born),
    )


def _stored(
    enrolment: Enrolment,
    person_id: str,
    client_id: str,
    extracted: Sequence[EnrolledSample],
    sample_set: SampleSet,
    cases: Sequence[str],
) -> dict[str, Any]:
    details: dict[str, Any] = {
        "quality": [
            {
                "sample": enrolled.sample.label,
                "quality": enrolled.assessment.score
                if enrolled.assessment.score is not None
                else enrolled.template.quality,
                "acceptable": enrolled.assessment.acceptable,
                "advice": [fault.advice for fault in enrolled.assessment.faults],
            }
            for enrolled in extracted
        ],
        "notes": list(sample_set.notes),
        "cases": list(cases),
    }
    return {
        "personId": person_id or enrolment.record_id,
        "encounterId": client_id or enrolment.encounter_id,
        "others": details,
    }
