"""Use case: a search that is made now, and again by every enrolment that comes later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from biometrics.kernel.access import Purpose
from biometrics.kernel.casework.cases import CaseKind, Conclusion, Finding, Question, clean_notes
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.probe_keeping import DEFAULT_KEEPING, ProbeKeeping
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import known_position
from biometrics.kernel.recognition.observing import WorkStage
from biometrics.kernel.technique.clock import today
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.searches.model import KeptImage, Search, SearchProbe, StoredSearch
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import (
    SearchRequest,
    audit_search,
    kept_images,
    observe,
    probes_of,
    require_may_search,
    search_gallery,
    uploads_of_probes,
)
from biometrics.watchlist.model import DEFAULT_RULES, Candidate, CheckRules, Standing, StandingKind

STANDING = "stand"  # the step of a request that makes a search a standing one
WITHDRAW = "withdraw"  # the step of a request that ends one

PURPOSES = {
    StandingKind.LATENT: Purpose.INVESTIGATION,
    StandingKind.OFFENCE: Purpose.INVESTIGATION,
    StandingKind.MISSING: Purpose.MISSING_PERSON,
    StandingKind.UNIDENTIFIED_BODY: Purpose.UNIDENTIFIED_BODY,
    StandingKind.WANTED: Purpose.WANTED,
}


@dataclass(frozen=True)
class NewStandingSearch:
    """A standing search, and what it found on the day that it was made."""

    standing: Standing
    searched: StoredSearch

    @property
    def poor_samples(self) -> list[str]:
        """The samples, by their labels, that are too poor to exclude anybody: they may miss the person."""
        probes = [searched.probe for searched in self.searched.search.probes]
        return [probe.label for probe in probes if probe.template.is_too_poor]


def add_standing_search(
    engine: Engine, request: SearchRequest, kind: StandingKind | None = None, expires_on: date | None = None
) -> NewStandingSearch:
    """Search all records, keep the files that were searched with for examiners, and search again from now on.

    Without a `kind` it is for an unsolved offence: a latent where prints of unknown fingers are searched with.

    Raises:
        PurposeMissing: there is no case number; what it is for follows from its kind.
        InvalidInput: a sample is unusable, or the last day is past; nothing was written.
    """
    engine = _with_purpose(engine, kind)
    require_may_search(engine, request)
    check_expiry(expires_on)
    return add_extracted_standing_search(engine, request, engine.extract(request.samples), kind, expires_on)


def add_extracted_standing_search(
    engine: Engine,
    request: SearchRequest,
    extracted: list[EnrolledSample],
    kind: StandingKind | None = None,
    expires_on: date | None = None,
) -> NewStandingSearch:
    """Do so with samples that are extracted already, in place of the request's.

    Raises:
        PurposeMissing: there is no case number.
        InvalidField: the last day is past; nothing was written.
    """
    check_expiry(expires_on)
    return _stand(_with_purpose(engine, kind), request, probes_of(extracted), kept_images(extracted), kind, expires_on)


def repeat_as_standing_search(
    engine: Engine, search_id: str, kind: StandingKind | None = None, expires_on: date | None = None
) -> NewStandingSearch:
    """Repeat a stored search with its kept files as a standing one, for the same case.

    Raises:
        UnknownSearch, OutOfJurisdiction, HiddenUntilDecided.
        InvalidField: no file of it is kept, it was made for a clearance certificate, or the last day is past.
    """
    engine = _with_purpose(engine, kind)
    stored = engine.store.searches.get(search_id)
    if stored.search.purpose == Purpose.CLEARANCE:
        raise InvalidField("An applicant for a clearance certificate is not searched for; their samples are not kept.")
    if not stored.images:
        raise InvalidField("Send the files that were searched with: examiners must see them, and none is kept.")
    original = stored.search
    request = SearchRequest(
        (), case_number=original.case_number, officer=original.officer, is_latent=original.is_latent
    )
    require_may_search(engine, request)
    check_expiry(expires_on)
    files = [engine.store.searches.image(stored.id, image.ordinal) for image in stored.images]
    present_files = [file for file in files if file]
    return _stand(engine, request, _by_model_in_force(engine, stored), present_files, kind, expires_on)


def _by_model_in_force(engine: Engine, stored: StoredSearch) -> list[SearchProbe]:
    """Return the probes of a stored search by the models in force.

    Raises:
        InvalidField: one was searched by another model and has not been extracted again, or was refused.
    """
    probes = []
    for searched in stored.search.probes:
        if (probe := searched.to_search_again(engine.models)) is None:
            raise InvalidField("The model in force has not read the kept files of this search; send the files again.")
        probes.append(probe)
    return probes


def _stand(
    engine: Engine,
    request: SearchRequest,
    probes: Sequence[SearchProbe],
    images: Sequence[KeptImage],
    kind: StandingKind | None,
    expires_on: date | None,
) -> NewStandingSearch:
    kind = _kind_of(request, probes, kind)
    modalities = {probe.probe.template.modality for probe in probes}
    without = [modality.traits.noun for modality in modalities if not engine.channels[modality].has_scale]
    if without and not request.is_latent:
        nouns = ", ".join(sorted(without))
        raise InvalidField(f"A standing search reports what reaches a threshold, and there is none for: {nouns}.")
    search = search_gallery(engine, replace(request, also_elsewhere=engine.rules.standing_fpir), probes)
    with engine.observer.stage(WorkStage.STORE):
        standing = store_standing(
            engine.store,
            search,
            images,
            kind,
            expires_on,
            engine.rules,
            engine.elsewhere.searches_per_hour,
            engine.keeping,
        )
    observe(engine, search)
    return standing


def store_standing(
    store: RecordStore,
    search: Search,
    images: Sequence[KeptImage],
    kind: StandingKind,
    expires_on: date | None = None,
    rules: CheckRules = DEFAULT_RULES,
    per_hour: int | None = None,
    keeping: ProbeKeeping = DEFAULT_KEEPING,
) -> NewStandingSearch:
    """Store a search as it was answered, with the files of its probes, and search again from now on.

    Raises:
        PurposeMissing, TooManySearches: as for `store_search`.
    """
    with uploads_of_probes(store, images) as (uploads, search_id):

        def write(work: UnitOfWork) -> NewStandingSearch:
            if not work.is_first:
                standing = work.watchlist.get(work.answer)
                assert standing.search_id is not None, "a search that stands has one"
                return NewStandingSearch(standing, work.searches.get(standing.search_id))
            stored = work.searches.add(search, search_id, images, keeping.for_case(today()))
            standing = work.watchlist.add(stored.id, search.sequence, kind, expires_on)
            ask_about_hits(work, standing, _hits(search, rules.standing_fpir), rules.verified())
            work.audit(Action.STANDING_ADDED, standing.id, kind=kind, search=stored.id)
            audit_search(work, stored, per_hour)
            work.remember(standing.id)
            return NewStandingSearch(standing, work.searches.with_people(stored))

        return store.carry_out(write, STANDING, uploads)


def ask_about_hits(
    work: UnitOfWork, standing: Standing, hits: Sequence[Candidate], verified: frozenset[Conclusion]
) -> None:
    """Ask examiners about what a new standing search found already.

    `verified` are the conclusions that a second examiner must confirm.
    """
    kind = CaseKind.LATENT_HIT if standing.kind is StandingKind.LATENT else CaseKind.SEARCH_HIT
    for hit in hits:
        question = Question(
            kind,
            hit.record_id,
            search_id=standing.search_id,
            standing_id=standing.id,
            owner=standing.owner,
            unit=standing.unit,
        )
        work.cases.open_of_standing(question, hit.finding, verified)


def end_standing_search(store: RecordStore, standing_id: str, because: str) -> Standing:
    """End a standing search, with a reason.

    Raises:
        UnknownStandingSearch: there is none of this id that one may see.
        WrongStep: it has ended.
        InvalidField: there is no reason.
    """
    reason = clean_notes(because, "reason")
    with store.begin(WITHDRAW) as work:
        if work.is_first:
            standing = work.watchlist.end(standing_id, reason)
            work.audit(Action.STANDING_WITHDRAWN, standing.id)
            work.remember(standing.id)
        return work.watchlist.get(work.answer)


def _hits(search: Search, fpir: float) -> list[Candidate]:
    """Return the candidates that are put to examiners."""
    threshold = threshold_for_fpir(fpir, search.gallery_size)
    return [
        Candidate(candidate.record_id, Finding(candidate.decibans, rank, candidate.detail["hint"], candidate.detail))
        for rank, candidate in enumerate(search.candidates, start=1)
        if candidate.score >= threshold and candidate.evidence.supports
    ]


def _kind_of(request: SearchRequest, probes: Sequence[SearchProbe], kind: StandingKind | None) -> StandingKind:
    """Return the kind of a search by some probes: as stated, else a latent or another trace of an unsolved offence.

    Raises:
        InvalidField: it is stated as one for a latent, and has no prints.
    """
    prints = [one.probe for one in probes if one.probe.template.modality.traits.has_ridges]
    if kind is StandingKind.LATENT and not prints:
        raise InvalidField("A latent is a print; for a photo from an unsolved offence, state the kind `offence`.")
    unknown = request.is_latent or any(not known_position(probe.position) for probe in prints)
    return kind or (StandingKind.LATENT if unknown else StandingKind.OFFENCE)


def _with_purpose(engine: Engine, kind: StandingKind | None) -> Engine:
    """Return the engine on behalf of the same, for what such a search is for where they did not say."""
    act = engine.store.act
    assert act is not None, "a standing search has an owner"
    return engine if act.purpose else engine.for_actor(replace(act, purpose=PURPOSES[kind or StandingKind.OFFENCE]))


def check_expiry(expires_on: date | None) -> None:
    """Refuse a last day that is past.

    Raises:
        InvalidField: it is.
    """
    if expires_on is not None and expires_on < today():
        raise InvalidField(f"The search would expire on {expires_on}, which is past; give a later day, or none.")
