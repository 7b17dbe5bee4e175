"""The operations of MOSIP's interface: insert, identify, delete, ping, count.

Its reference database is a gallery (`biometrics.osia`): each referenceId is a person and an encounter in it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from api.standards.common.defaults import NOWHERE, UNNAMED
from api.standards.common.service import Abis
from api.standards.mosip.cbeff import read, samples_of
from api.standards.mosip.messages import Request
from api.standards.mosip.reasons import Reason, Refused
from api.standards.mosip.shares import Shares
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import UnknownGallery
from biometrics.kernel.people.encounter import NO_FIR, Encounter
from biometrics.kernel.people.labels import Members
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Record
from biometrics.kernel.recognition.evidence import Evidence
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe, Sample
from biometrics.kernel.technique.clock import today
from biometrics.matching.calibration import USUAL_FPIR, Score, fpir_at
from biometrics.matching.fusion import fuse
from biometrics.osia.model import ClientData, ClientEncounter
from biometrics.searches.model import SearchProbe, StoredSearch
from biometrics.use_cases.enrolment.enrol import apply_quality_policy, make_searchable, store_person
from biometrics.use_cases.search.candidates import Shown, stored_candidates
from biometrics.use_cases.search.identify import SearchRequest, require_may_search, search, search_probes

log = logging.getLogger("pehchan")

GALLERY: Final = "MOSIP"
BECAUSE: Final = "Sent by a client of the MOSIP interface, which cannot state a reason"


Result = dict[str, Any]


@dataclass(frozen=True)
class MosipOperation:
    """One operation.

    Attributes:
        run: carries out a request and returns the fields of its answer.
        scope: the scope that the caller needs; None: any account may call it.
        heavy: whether it needs much processor time.
    """

    run: Callable[[Abis, Shares, Request], Result]
    scope: Scope | None = None
    heavy: bool = False


def insert(abis: Abis, shares: Shares, request: Request) -> Result:
    """Store a person's biometric data, without checking for duplicates."""
    if abis.store.enrolled_before():
        return {}
    reference = request.reference_id
    if not request.reference_url:
        raise Refused(Reason.NO_REFERENCE_URL, "There is no referenceURL.")
    if reference and abis.osia.galleries.contains(GALLERY, reference):
        raise Refused(Reason.REFERENCE_EXISTS, "The referenceId is there already.")
    # Fetched first: MOSIP's test kit expects the address to be reported as the fault, even without a referenceId.
    samples = _fetched(shares, request)
    if not reference:
        raise Refused(Reason.NO_REFERENCE_ID, "There is no referenceId.")
    extracted, notes = abis.engine.extract_usable(samples, assess=True)
    for note in notes:
        log.warning("MOSIP insert %s: %s", request.traced, note)
    data = ClientData(reference, GALLERY, (GALLERY,), active=True, content=None)
    accepted_samples = apply_quality_policy(extracted, BECAUSE)
    store_person(abis.store, Person(UNNAMED), _encounter(abis), accepted_samples, data, reference)
    make_searchable(abis.engine)
    return {}


def identify(abis: Abis, shares: Shares, request: Request) -> Result:
    """Search the reference database, or a part of it, with the data of a reference or at an address."""
    if not request.reference_id and not request.reference_url:
        raise Refused(Reason.NO_REFERENCE_ID, "There is neither a referenceId nor a referenceURL.")
    members = _among(abis, request)
    search_request = SearchRequest(
        (),
        request.max_results,
        USUAL_FPIR if request.target_fpir is None else request.target_fpir,
        case_number=request.case_number,
        among=members,
        gallery=GALLERY,
    )
    if request.reference_id:
        probe_encounter = abis.osia.encounter_in(GALLERY, request.reference_id)
        probes, own_templates = _probes(abis, probe_encounter)
        search_request = replace(search_request, among=members.without(own_templates))
        return _candidates(abis, request, search_probes(abis.engine, search_request, probes), probe_encounter.stored.id)
    require_may_search(abis.engine, search_request)
    extracted, _ = abis.engine.extract_usable(_fetched(shares, request))
    return _candidates(abis, request, search(abis.engine, search_request, extracted))


def remove(abis: Abis, _: Shares, request: Request) -> Result:
    """Remove the person of a reference: images, templates and keys."""
    if not request.reference_id:
        raise Refused(Reason.NO_REFERENCE_ID, "There is no referenceId.")
    if not abis.retention.deleted_before():
        encounter = abis.osia.encounter_in(GALLERY, request.reference_id)
        abis.retention.delete(encounter.record.id, "delete of MOSIP's interface", encounter.stored.id)
        make_searchable(abis.engine)
    return {}


def ping(abis: Abis, _: Shares, request: Request) -> Result:
    """Check that the service is alive: its database answers."""
    abis.store.templates.last_sequence()
    return {}


def count(abis: Abis, _: Shares, request: Request) -> Result:
    """Count the references."""
    return {"count": str(abis.osia.galleries.count(GALLERY))}


def _fetched(shares: Shares, request: Request) -> list[Sample]:
    return samples_of(read(shares.fetch(request.reference_url)))


def _encounter(abis: Abis) -> Encounter:
    where = abis.filed_at
    return Encounter(
        NO_FIR,
        where.station or NOWHERE,
        where.district or NOWHERE,
        where.state or NOWHERE[:2],
        today(),
        abis.act.actor.name,
    )


def _among(abis: Abis, request: Request) -> Members:
    """Return the templates to search among."""
    if request.gallery is not None:
        return Members(abis.osia.galleries.members_among(GALLERY, request.gallery))
    try:
        members = abis.memberships.members(abis.store, GALLERY)
    except UnknownGallery:
        return Members(np.empty(0, dtype=np.int64))
    assert members is not None, "it is not the gallery of all"
    return members


def _probes(abis: Abis, encounter: ClientEncounter) -> tuple[list[SearchProbe], NDArray[np.int64]]:
    """Return what to search with of a stored encounter, and the ids of all its templates."""
    digests = {sample.id: sample.image_sha256 for sample in encounter.stored.samples}
    stored = abis.osia.templates(encounter)
    probes = [
        SearchProbe(
            Probe(
                template.template,
                template.position,
                template.template.modality.traits.name_of(template.position),
            ),
            digests[template.sample_id],
        )
        for template in stored
        if template.template.model in abis.engine.models
    ]
    if not probes:
        raise Refused(Reason.NO_DATA, "The reference has no template of the models in use.")
    return probes, np.array([template.id for template in stored], dtype=np.int64)


def _candidates(abis: Abis, request: Request, stored: StoredSearch, probe_encounter_id: str = "") -> Result:
    """Return the candidates above the threshold, best first, without the encounter that was searched with.

    Which other units have a hit depends on neither the threshold nor the gallery of the request.
    """
    threshold = stored.search.threshold
    assert threshold is not None, "only an investigation has no threshold"
    candidates = stored_candidates(stored)
    lines = [line for line in candidates.people if line.candidate.decibans >= threshold]
    records = [line.person for line in lines if line.person is not None]
    places = abis.osia.places([record.id for record in records])
    gallery = None if request.gallery is None else frozenset(request.gallery)
    candidate_list = [
        _candidate(reference, line, line.person, stored.search.gallery_size)
        for line in lines
        if line.person is not None
        for reference in _references(line.person, places, probe_encounter_id, gallery)
    ]
    kept_by = [hit.unit.contact for hit in candidates.elsewhere]
    threshold_stated = stored.search.stated_of(threshold)
    analytics: Result = {
        "searchId": stored.id,
        "threshold": f"{threshold_stated.decibans:.1f}",
        **threshold_stated.limits,
    }
    analytics |= {"keptByOthers": kept_by} if kept_by else {}
    return {"candidateList": {"count": str(len(candidate_list)), "candidates": candidate_list, "analytics": analytics}}


def _references(
    record: Record,
    places: dict[str, tuple[str, tuple[str, ...]]],
    probe_encounter_id: str,
    gallery: Collection[str] | None,
) -> list[str]:
    """Return the references of a record that were searched."""
    memberships = [
        places[encounter.id]
        for encounter in record.encounters
        if encounter.id in places and encounter.id != probe_encounter_id
    ]
    references = [reference for reference, galleries in memberships if GALLERY in galleries]
    return [reference for reference in references if gallery is None or reference in gallery]


def _candidate(reference: str, line: Shown, record: Record, people: int) -> Result:
    modality = {sample.id: sample.modality for encounter in record.encounters for sample in encounter.samples}
    matched: dict[Modality, list[Score]] = {}
    for score in line.candidate.detail["samples"]:
        if score["sample_id"] in modality and score["counted"]:
            matched.setdefault(modality[score["sample_id"]], []).append(Score.of(score["score"]))
    parts = [
        {"biometricType": kind.traits.interchange.mosip_type, "analytics": _analytics(fuse(scores).evidence, people)}
        for kind, scores in matched.items()
        if kind.traits.interchange.mosip_type
    ]
    return {
        "referenceId": reference,
        "analytics": _analytics(line.candidate.evidence, people) | {"hint": line.candidate.detail["hint"]},
        "modalities": parts,
    }


def _analytics(evidence: Evidence, people: int) -> dict[str, str]:
    """Return what may be stated of a score, and the percentage of searches for people not on record that score lower.

    Where the data end, or no scale fits, `evidence` says so in words.
    """
    confidence = math.floor(10_000 * (1 - fpir_at(evidence.decibans, people))) / 100
    score = str(math.floor(evidence.decibans))
    return {"internalScore": score, "confidence": f"{min(confidence, 99.99):.2f}", **evidence.limits}


OPERATIONS: Final = {
    "mosip.abis.insert": MosipOperation(insert, Scope.ENCOUNTER_WRITE, heavy=True),
    "mosip.abis.identify": MosipOperation(identify, Scope.IDENTIFY, heavy=True),
    "mosip.abis.delete": MosipOperation(remove, Scope.RECORD_EXPUNGE),
    "mosip.abis.ping": MosipOperation(ping),
    "mosip.abis.referenceCount": MosipOperation(count, Scope.ENCOUNTER_READ),
}
