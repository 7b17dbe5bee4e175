"""Use case: a search that is made now, and again by every enrolment that comes later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from biometrics.domain.access import Purpose
from biometrics.domain.cases import Finding
from biometrics.domain.watchlist import Candidate, KeptImage, Standing, StandingKind
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.engine import Engine
from biometrics.records.values import EnrolledSample, StoredSearch
from biometrics.records.watchlist.repository import StandingStore
from biometrics.use_cases.identify import SearchRequest, require_purpose, search

PURPOSES = {
    StandingKind.LATENT: Purpose.INVESTIGATION,
    StandingKind.MISSING: Purpose.MISSING_PERSON,
    StandingKind.UNIDENTIFIED_BODY: Purpose.UNIDENTIFIED_BODY,
    StandingKind.WANTED: Purpose.WANTED,
}


@dataclass(frozen=True)
class Stood:
    """A standing search, and what it found on the day that it was made."""

    standing: Standing
    searched: StoredSearch


def stand(engine: Engine, request: SearchRequest, kind: StandingKind, expires_on: date | None = None) -> Stood:
    """Search all records, keep the files that were searched with for examiners, and search again from now on.

    Raises:
        PurposeMissing: there is no case number; what it is for follows from its kind.
        InvalidInput: a sample is unusable, or the last day is past; nothing was written.
    """
    engine = _with_purpose(engine, kind)
    require_purpose(engine, request)
    _store(engine).check_expiry(expires_on)
    return stand_with(engine, request, engine.extract(request.samples), kind, expires_on)


def stand_with(
    engine: Engine,
    request: SearchRequest,
    extracted: list[EnrolledSample],
    kind: StandingKind,
    expires_on: date | None = None,
) -> Stood:
    """Do so with samples that are extracted already, in place of the request's.

    Raises:
        PurposeMissing: there is no case number.
        InvalidField: the last day is past; nothing was written.
    """
    engine = _with_purpose(engine, kind)
    store = _store(engine)
    store.check_expiry(expires_on)
    searched = search(engine, replace(request, also_elsewhere=engine.rules.standing_fpir), extracted)
    engine.store.keep_search_images(searched.id, kept_images(extracted))
    least = threshold_for_fpir(engine.rules.standing_fpir, searched.search.gallery_size)
    hits = [
        Candidate(candidate.record_id, Finding(candidate.decibans, rank, candidate.detail["hint"], candidate.detail))
        for rank, candidate in enumerate(searched.search.candidates, start=1)
        if candidate.decibans >= least
    ]
    return Stood(store.add(searched.id, kind, expires_on, hits, engine.rules.verified), searched)


def _with_purpose(engine: Engine, kind: StandingKind) -> Engine:
    """Return the engine on behalf of the same, for what such a search is for where they did not say."""
    act = engine.store.act
    assert act is not None, "a standing search has an owner"
    return engine if act.purpose else engine.acting(replace(act, purpose=PURPOSES[kind]))


def _store(engine: Engine) -> StandingStore:
    act = engine.store.act
    assert act is not None, "a standing search has an owner"
    return StandingStore(engine.store.database, act, engine.store.given[1])


def kept_images(extracted: list[EnrolledSample]) -> list[KeptImage]:
    """Return the files of samples as they are kept with the search made with them, once where several are of one."""
    first: dict[bytes, KeptImage] = {}
    for ordinal, sample in enumerate(extracted):
        first.setdefault(sample.sample.content, KeptImage(ordinal, sample.source.media_type, sample.sample.content))
    return list(first.values())
