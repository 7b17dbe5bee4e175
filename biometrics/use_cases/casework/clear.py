"""Use cases: a clearance certificate is requested for an applicant, decided by a second person, and may be revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from biometrics.access.jurisdiction import require_unit
from biometrics.clearances.model import LATEST_SEARCH, Clearance, ClearanceRequest, Decision
from biometrics.imaging.image import Image, decode
from biometrics.kernel.access import Purpose
from biometrics.kernel.casework.cases import CaseKind, Finding, Question, clean_notes
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import MissingFinger
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.searches.model import FIELD, SearchCandidate, StoredSearch
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine

REQUEST: Final = "request clearance"  # the steps of requests
DECIDE: Final = "decide clearance"
WITHDRAW: Final = "withdraw clearance"
REVOKE: Final = "revoke clearance"


def request_clearance(engine: Engine, search_id: str, request: ClearanceRequest) -> Clearance:
    """Request a certificate on the basis of a search with the applicant's ten prints and photo.

    Each candidate that reaches the operator's threshold for other units, whatever threshold the search had, becomes a
    case for examiners.

    Raises:
        UnknownSearch, HiddenUntilDecided: there is no such search that the actor may see.
        OutOfJurisdiction: another unit made it.
        InvalidField: the search is not one for a clearance, is too old, or lacks prints or a photo.
        WrongStep: a request rests on it already.
    """
    act = engine.store.act
    assert act is not None, "a certificate is requested by an officer"
    stored = engine.store.searches.get(search_id)
    require_unit(act, stored.search.unit)
    with engine.store.begin(REQUEST) as work:
        if not work.is_first:
            return work.clearances.get(work.answer)
        _require_of_applicant(stored, request.missing_fingers)
        clearance_id = work.clearances.add(stored.id, request)
        hits = _hits(stored)
        for candidate_id in work.clearances.not_asked(stored.id, list(hits)):
            rank, hit = hits[candidate_id]
            subject = (CaseKind.SEARCH_HIT, candidate_id)
            question = Question(*subject, search_id=stored.id, owner=act.actor.id, unit=act.actor.unit)
            finding = Finding(hit.decibans, rank, hit.detail["hint"], hit.detail)
            work.cases.open(question, finding, engine.rules.verified())
        clearance = work.clearances.get(clearance_id)
        work.audit(Action.CLEARANCE_REQUESTED, clearance.id, search=stored.id, cases=len(clearance.cases))
        work.remember(clearance.id)
        return clearance


def decide_clearance(engine: Engine, clearance_id: str, decision: Decision) -> Clearance:
    """Decide a request of somebody else: issue the certificate, signed, or refuse it.

    The applicant's samples are due a number of days later that the operator sets.

    Raises:
        UnknownClearance: there is none of this id that the actor may see.
        NotIndependent: the actor made it.
        WrongStep, InvalidField: it is decided already, or the examinations do not support the decision.
    """
    with engine.store.begin(DECIDE) as work:
        if work.is_first:
            clearance = work.clearances.get(clearance_id)
            work.searches.keep_images(clearance.search_id, (), engine.keeping.for_case(today(), Purpose.CLEARANCE))
            work.clearances.decide(clearance, decision)
            work.audit(Action.CLEARANCE_DECIDED, clearance.id, outcome=decision.outcome)
            work.remember(clearance.id)
        return work.clearances.get(work.answer)


def withdraw_clearance(store: RecordStore, clearance_id: str, because: str) -> Clearance:
    """Withdraw a request that is not decided, with a reason.

    Raises:
        UnknownClearance: there is none of this id that the actor may see.
        WrongStep: it is decided, or withdrawn.
        InvalidField: there is no reason.
    """
    reason = clean_notes(because, "reason")
    with store.begin(WITHDRAW) as work:
        if work.is_first:
            clearance = work.clearances.withdraw(work.clearances.get(clearance_id), reason)
            work.audit(Action.CLEARANCE_WITHDRAWN, clearance.id)
            work.remember(clearance.id)
        return work.clearances.get(work.answer)


def revoke_clearance(store: RecordStore, clearance_id: str, because: str) -> Clearance:
    """Revoke a certificate, with a reason. Those who check it offline cannot see that.

    Raises:
        UnknownClearance: there is none of this id that the actor may see.
        WrongStep: no certificate is in force.
        InvalidField: there is no reason.
    """
    reason = clean_notes(because, "reason")
    with store.begin(REVOKE) as work:
        if work.is_first:
            clearance = work.clearances.revoke(work.clearances.get(clearance_id), reason)
            work.audit(Action.CLEARANCE_REVOKED, clearance.id)
            work.remember(clearance.id)
        return work.clearances.get(work.answer)


@dataclass(frozen=True, eq=False)
class ApplicantPhoto:
    """The photo of the applicant that was searched with: the SHA-256 (hex) of its file, and the image while it is kept.

    After its destruction `image` is None; a certificate still states the digest.
    """

    sha256: str
    image: Image | None


def applicant_photo(store: RecordStore, clearance: Clearance) -> ApplicantPhoto | None:
    """Return the photo of the face that a certificate's search was made with, None if it had none."""
    reader = store.as_system("writes a clearance certificate").searches
    for number, probe in enumerate(reader.probes_of([clearance.search_id]).get(clearance.search_id, ())):
        if not probe.probe.template.modality.traits.has_views:
            continue
        kept = reader.image(clearance.search_id, number if probe.ordinal is None else probe.ordinal)
        return ApplicantPhoto(probe.image_sha256, None if kept is None else decode(kept.content))
    return None


def _require_of_applicant(stored: StoredSearch, missing: Sequence[MissingFinger]) -> None:
    """Refuse a search on which no certificate can rest.

    Raises:
        InvalidField: the message says why.
    """
    search = stored.search
    settings = search.settings
    if search.purpose != Purpose.CLEARANCE:
        raise InvalidField(f"The search was made for another purpose; search with the purpose {Purpose.CLEARANCE!s}.")
    if search.is_latent or FIELD in settings or settings.get("where") or "gallery" in settings:
        raise InvalidField("The search did not look at all records with all samples; search without conditions.")
    if datetime.now(UTC) - stored.created_at > LATEST_SEARCH:
        raise InvalidField(f"The search is older than {LATEST_SEARCH.days} days; search again.")
    probes = [probe.probe for probe in search.probes]
    accounted_for = {probe.position for probe in probes} | {finger.position for finger in missing}
    lacking = [finger for finger in FingerPosition if finger.is_known and finger not in accounted_for]
    if lacking:
        labels = ", ".join(finger.label for finger in lacking)
        raise InvalidField(f"The search lacks prints: {labels}. Search with all ten, or state why one is missing.")
    if not any(probe.template.modality.traits.is_one_source for probe in probes):
        raise InvalidField("The search lacks a photo of the applicant's face; search with the prints and a photo.")


def _hits(stored: StoredSearch) -> dict[str, tuple[int, SearchCandidate]]:
    """Return the candidates that examiners must see, with their ranks, by record; not those that were removed since."""
    assert stored.listed_people is not None, "it was read by the store"
    search = stored.search
    return {
        candidate.record_id: (rank, candidate)
        for rank, candidate in enumerate(search.candidates, start=1)
        if candidate.decibans >= search.threshold_elsewhere and candidate.record_id in stored.listed_people.people
    }
