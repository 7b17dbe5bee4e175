"""What MOSIP's interface does: insert, identify, delete, ping, count.

Its reference database is a gallery (`biometrics.records.osia`): each referenceId is a person and an encounter in it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from api.standards.common.defaults import NO_FIR, NOWHERE, UNNAMED
from api.standards.common.service import Abis
from api.standards.mosip.cbeff import read, samples_of
from api.standards.mosip.messages import Request
from api.standards.mosip.reasons import Reason, Refused
from api.standards.mosip.shares import Shares
from biometrics.common.clock import today
from biometrics.domain.access import Scope
from biometrics.domain.errors import UnknownGallery
from biometrics.domain.labels import Members
from biometrics.domain.person import Encounter, Person
from biometrics.domain.types import Modality, Probe, Sample
from biometrics.matching.calibration import USUAL_FPIR, Score, fpir_at
from biometrics.matching.candidates import Shown, stored_candidates
from biometrics.matching.fusion import fuse
from biometrics.records.osia.data import ClientData, ClientEncounter
from biometrics.records.values import Record, SearchProbe, StoredSearch
from biometrics.use_cases.enrol import accepted, make_searchable
from biometrics.use_cases.identify import SearchRequest, search, search_probes

log = logging.getLogger("pehchan")

GALLERY: Final = "MOSIP"
BECAUSE: Final = "Sent by a client of the MOSIP interface, where nobody can be asked"

_TYPES = {Modality.FINGERPRINT: "FIR", Modality.FACE: "FID"}

Told = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        run: carries out a request and returns what its answer tells.
        scope: what one must be allowed to do, None where it is enough to be known.
        heavy: whether it keeps the processor busy.
    """

    run: Callable[[Abis, Shares, Request], Told]
    scope: Scope | None = None
    heavy: bool = False


def insert(abis: Abis, shares: Shares, request: Request) -> Told:
    """Store a person's biometric data; whether they are on record already is not asked here."""
    if abis.store.enrolled_before():
        return {}
    reference = request.reference_id
    if not request.reference_url:
        raise Refused(Reason.NO_REFERENCE_URL, "There is no referenceURL.")
    if reference and abis.osia.galleries.known(GALLERY, reference):
        raise Refused(Reason.REFERENCE_EXISTS, "The referenceId is there already.")
    # Fetched first, since MOSIP's testing kit expects of a request without a referenceId that its address is the fault.
    samples = _fetched(shares, request)
    if not reference:
        raise Refused(Reason.NO_REFERENCE_ID, "There is no referenceId.")
    extracted, notes = abis.engine.extract_usable(samples, assess=True)
    for note in notes:
        log.warning("MOSIP insert %s: %s", request.traced, note)
    data = ClientData(reference, GALLERY, (GALLERY,), active=True, content=None)
    given = accepted(extracted, BECAUSE)
    abis.store.enrol(Person(UNNAMED), _encounter(abis), given, abis.osia.enrolment_hook(reference, data))
    make_searchable(abis.engine)
    return {}


def identify(abis: Abis, shares: Shares, request: Request) -> Told:
    """Search the reference database, or some of it, for whom a reference is of, or the data at an address."""
    if not request.reference_id and not request.reference_url:
        raise Refused(Reason.NO_REFERENCE_ID, "There is neither a referenceId nor a referenceURL.")
    among = _among(abis, request)
    asked = SearchRequest(
        (),
        request.max_results,
        USUAL_FPIR if request.target_fpir is None else request.target_fpir,
        case_number=request.case_number,
        among=among,
        gallery=GALLERY,
    )
    if request.reference_id:
        own = abis.osia.encounter_in(GALLERY, request.reference_id)
        probes, its_templates = _probes(abis, own)
        asked = replace(asked, among=among.without(its_templates))
        return _candidates(abis, request, search_probes(abis.engine, asked, probes), own.stored.id)
    extracted, _ = abis.engine.extract_usable(_fetched(shares, request))
    return _candidates(abis, request, search(abis.engine, asked, extracted))


def remove(abis: Abis, _: Shares, request: Request) -> Told:
    """Remove what a reference is of: images, templates and keys."""
    if not request.reference_id:
        raise Refused(Reason.NO_REFERENCE_ID, "There is no referenceId.")
    if not abis.retention.deleted_before():
        one = abis.osia.encounter_in(GALLERY, request.reference_id)
        abis.retention.delete(one.record.id, "delete of MOSIP's interface", one.stored.id)
        make_searchable(abis.engine)
    return {}


def ping(abis: Abis, _: Shares, request: Request) -> Told:
    """Say that the service is alive: its database answers."""
    abis.store.last_sequence()
    return {}


def count(abis: Abis, _: Shares, request: Request) -> Told:
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
        (),
        abis.act.actor.name,
    )


def _among(abis: Abis, request: Request) -> Members:
    """Return the templates to search among."""
    if request.gallery is not None:
        return Members(abis.osia.galleries.members_among(GALLERY, request.gallery))
    try:
        members = abis.memberships.of(abis.store, GALLERY)
    except UnknownGallery:
        return Members(np.empty(0, dtype=np.int64))
    assert members is not None, "it is not the gallery of all"
    return members


def _probes(abis: Abis, own: ClientEncounter) -> tuple[list[SearchProbe], NDArray[np.int64]]:
    """Return what to search with of a stored encounter, and the ids of all its templates."""
    digests = {sample.id: sample.image_sha256 for sample in own.stored.samples}
    stored = abis.osia.templates(own)
    probes = [
        SearchProbe(
            Probe(one.template, one.position, "photo" if one.position is None else one.position.label),
            digests[one.sample_id],
        )
        for one in stored
        if one.template.model in abis.engine.models
    ]
    if not probes:
        raise Refused(Reason.NO_DATA, "The reference has no template of the models in use.")
    return probes, np.array([one.id for one in stored], dtype=np.int64)


def _candidates(abis: Abis, request: Request, stored: StoredSearch, own: str = "") -> Told:
    """Return those who reach the threshold, best first; `own` is the encounter that was searched with.

    Which other units have a hit depends on neither the threshold nor the gallery of the request.
    """
    threshold = stored.search.threshold
    assert threshold is not None, "only an investigation has no threshold"
    told = stored_candidates(abis.store, stored)
    lines = [line for line in told.people if line.candidate.decibans >= threshold]
    records = [line.person for line in lines if line.person is not None]
    places = abis.osia.places([record.id for record in records])
    gallery = None if request.gallery is None else frozenset(request.gallery)
    listed = [
        _candidate(reference, line, line.person, stored.search.gallery_size)
        for line in lines
        if line.person is not None
        for reference in _references(line.person, places, own, gallery)
    ]
    kept_by = [hit.unit.contact for hit in told.elsewhere]
    analytics: Told = {"searchId": stored.id, "threshold": f"{threshold:.1f}"}
    analytics |= {"keptByOthers": kept_by} if kept_by else {}
    return {"candidateList": {"count": str(len(listed)), "candidates": listed, "analytics": analytics}}


def _references(
    record: Record, places: dict[str, tuple[str, tuple[str, ...]]], own: str, gallery: Collection[str] | None
) -> list[str]:
    """Return by which references a record is known, of those that were searched."""
    named = [places[one.id] for one in record.encounters if one.id in places and one.id != own]
    found = [reference for reference, galleries in named if GALLERY in galleries]
    return [reference for reference in found if gallery is None or reference in gallery]


def _candidate(reference: str, line: Shown, record: Record, people: int) -> Told:
    modality = {sample.id: sample.modality for encounter in record.encounters for sample in encounter.samples}
    matched: dict[Modality, list[Score]] = {}
    for each in line.candidate.detail["samples"]:
        if each["sample_id"] in modality:
            matched.setdefault(modality[each["sample_id"]], []).append(Score(**each["score"]))
    parts = [
        {"biometricType": _TYPES[kind], "analytics": _analytics(fuse(scores).decibans, people)}
        for kind, scores in matched.items()
    ]
    return {
        "referenceId": reference,
        "analytics": _analytics(line.candidate.decibans, people) | {"hint": line.candidate.detail["hint"]},
        "modalities": parts,
    }


def _analytics(decibans: float, people: int) -> dict[str, str]:
    """Return a score, and of 100 searches for somebody who is not there, how many find nobody so alike."""
    confidence = math.floor(10_000 * (1 - fpir_at(decibans, people))) / 100
    return {"internalScore": str(math.floor(decibans)), "confidence": f"{min(confidence, 99.99):.2f}"}


OPERATIONS: Final = {
    "mosip.abis.insert": Operation(insert, Scope.ENCOUNTER_WRITE, heavy=True),
    "mosip.abis.identify": Operation(identify, Scope.IDENTIFY, heavy=True),
    "mosip.abis.delete": Operation(remove, Scope.RECORD_EXPUNGE),
    "mosip.abis.ping": Operation(ping),
    "mosip.abis.referenceCount": Operation(count, Scope.ENCOUNTER_READ),
}
