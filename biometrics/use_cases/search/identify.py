"""Identification: whose samples are these? (1:N)"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from biometrics.access.blinding import require_no_case
from biometrics.access.jurisdiction import unit_of
from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField, InvalidInput
from biometrics.kernel.people.labels import NO_FILTER, Filter, Members
from biometrics.kernel.people.national import NATIONAL
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import SearchOutcome, WorkStage
from biometrics.kernel.recognition.targets import check_target
from biometrics.kernel.recognition.types import Probe, Sample
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.entry import to_json
from biometrics.matching.calibration import USUAL_FPIR, threshold_for_fpir
from biometrics.matching.other_units import PEOPLE
from biometrics.matching.ranking import Ranking
from biometrics.matching.scoring import bound_of, stated_at
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.searches import rows as searches
from biometrics.searches.exhibit import SeizedExhibit
from biometrics.searches.model import (
    BOUND,
    COMPARED_WITH_ALL,
    ELSEWHERE_FPIR,
    EXHIBIT,
    INDEX,
    LEFT_OUT,
    NOT_SEARCHED,
    STATED,
    STATED_STEP,
    STATED_STEPS,
    KeptImage,
    Search,
    SearchProbe,
    StoredSearch,
)
from biometrics.searches.probe_images import files_of
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.encrypted import Owner
from biometrics.storage.blobs.upload import Uploads
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.ask_states import ask_states, network_of, require_may_ask
from biometrics.use_cases.search.blinded_images import require_other_images
from biometrics.use_cases.search.unit_search import UnitList, rank_lists

MAX_CANDIDATES = 100
MOST_BY_WORDS = 20_000  # people whom words of marks leave in a search
_NOBODY = 0  # a number that nobody has
SEARCH = "search"  # the step of a request that stores a search


@dataclass(frozen=True)
class SearchRequest:
    """What to search with, and for what.

    `target_fpir` is the accepted chance that a search for a person who is not in the gallery returns a candidate above
    the threshold; None is an investigation: the most similar people, without a threshold. `max_candidates` are listed
    at most, but for a clearance certificate all who reach the operator's threshold. `where` filters the people: one
    with a template that meets it is compared in full. `is_latent`: the samples are several views of one and
    the same sample, of which the best counts, and not several samples of a person. `among`, if given,
    are the only templates that are searched: those of a client's gallery of this name. `national_basis` is the legal
    basis of a search of other states too; empty: they are not searched. `exhibit` is what the officer states of it.

    All of this applies to the people whom the searching unit sees. Others are reported at the operator's rate alone;
    `also_elsewhere` is another rate of the operator's, from which they are kept for examiners. `not_searched` says of a
    latent why it cannot be compared with a modality, `left_out` what else of it takes no part, and why.
    """

    samples: Sequence[Sample]
    max_candidates: int = 10
    target_fpir: float | None = USUAL_FPIR
    case_number: str = ""
    officer: str = ""
    where: Filter = NO_FILTER
    is_latent: bool = False
    among: Members | None = None
    gallery: str = ""
    exhibit: SeizedExhibit = field(default=SeizedExhibit())
    also_elsewhere: float | None = None
    not_searched: Mapping[Modality, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    national_basis: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be searched."""
        if not 1 <= self.max_candidates <= MAX_CANDIDATES:
            raise InvalidField(f"max_candidates is {self.max_candidates}; ask for 1 to {MAX_CANDIDATES}.")
        if self.target_fpir is not None:
            check_target("target_fpir", self.target_fpir)


def identify(engine: Engine, request: SearchRequest) -> StoredSearch:
    """Search all records, prints and photos together; store the search with its candidates, best first.

    Raises:
        PurposeMissing: the actor states no purpose, or no case.
        HiddenUntilDecided: as for `search_probes`.
        InvalidInput: a sample is unusable; nothing was searched or written.
    """
    require_may_search(engine, request)
    try:
        extracted = engine.extract(request.samples)
    except InvalidInput:
        engine.observer.searched({sample.modality for sample in request.samples}, SearchOutcome.REFUSED)
        raise
    return search(engine, request, extracted)


def search(engine: Engine, request: SearchRequest, extracted: Sequence[EnrolledSample]) -> StoredSearch:
    """Search with samples that are extracted already, in place of the request's; store it."""
    return search_probes(engine, request, probes_of(extracted), kept_images(extracted))


def probes_of(extracted: Sequence[EnrolledSample]) -> list[SearchProbe]:
    """Return extracted samples as probes."""
    return [SearchProbe(sample.probe, sample.sample.image_sha256, sample.reading) for sample in extracted]


def kept_images(extracted: Sequence[EnrolledSample]) -> list[KeptImage]:
    """Return the files of samples as they are kept with the search made with them, once where several are of one.

    One that is searched both as a finger and as a palm is kept as either, so that an examiner compares it with both.
    """
    images: dict[tuple[Modality, bytes], KeptImage] = {}
    for ordinal, sample in enumerate(extracted):
        content = sample.sample.content
        images.setdefault((sample.sample.modality, content), KeptImage(ordinal, sample.source.media_type, content))
    return list(images.values())


def search_probes(
    engine: Engine, request: SearchRequest, searched: Sequence[SearchProbe], images: Sequence[KeptImage] = ()
) -> StoredSearch:
    """Search with probes, in place of the request's samples; store it with their files, as long as the rule says.

    Raises:
        HiddenUntilDecided: the actor examines a case about one of the files, and has given no opinion.
        TooManySearches: the account has made too many in an hour; nothing was searched.
    """
    search = search_gallery(engine, request, searched)
    if request.national_basis:
        answer = ask_states(engine, request.national_basis, searched, is_latent=request.is_latent)
        search = replace(search, settings={**search.settings, NATIONAL: answer})
    act = engine.store.act
    is_matched = bool(search.found or search.settings.get(NATIONAL, {}).get("hits"))
    purpose = act.purpose if act else ""
    until = engine.keeping.until(purpose, today(), is_latent=request.is_latent, is_matched=is_matched)
    with engine.observer.stage(WorkStage.STORE):
        stored = store_search(engine.store, search, engine.elsewhere.searches_per_hour, images if until else (), until)
    observe(engine, stored.search)
    return stored


def store_search(
    store: RecordStore,
    search: Search,
    per_hour: int | None = None,
    images: Sequence[KeptImage] = (),
    keep_until: date | None = None,
) -> StoredSearch:
    """Store a search as it was answered; return it with the people of its candidates.

    `per_hour` is how many the actor may make in an hour; None: without limit. `images` are kept until a day.

    Raises:
        PurposeMissing: the actor states no purpose, or no case.
        TooManySearches: they have made too many; this one is not stored.
    """
    with uploads_of_probes(store, images) as (uploads, search_id):
        return store.carry_out(
            lambda work: add_search(work, search, per_hour, search_id, images, keep_until), SEARCH, uploads
        )


def add_search(
    work: UnitOfWork,
    search: Search,
    per_hour: int | None,
    search_id: str = "",
    images: Sequence[KeptImage] = (),
    keep_until: date | None = None,
) -> StoredSearch:
    """Store a search in a unit of work of the step `SEARCH`; return the one of the request's first arrival.

    Raises:
        PurposeMissing, TooManySearches: as for `store_search`.
    """
    if not work.is_first:
        return work.searches.get(work.answer)
    stored = work.searches.add(search, search_id, images, keep_until)
    audit_search(work, stored, per_hour)
    work.remember(stored.id)
    return work.searches.with_people(stored)


@contextmanager
def uploads_of_probes(store: RecordStore, images: Sequence[KeptImage]) -> Iterator[tuple[Uploads, str]]:
    """Upload the files of a new search's probes; yield the uploads, and the id of the search."""
    search_id = str(uuid.uuid4())
    with store.uploads() as uploads:
        if images:
            uploads.prepare_files(Owner(search_id, uploads.new_secret(search_id)), files_of(images))
        yield uploads, search_id


def audit_search(work: UnitOfWork, stored: StoredSearch, per_hour: int | None) -> None:
    """Append the audit entry of a search that was just stored, and notify the subscribers of the people found.

    Raises:
        TooManySearches: the actor has made more than `per_hour`.
        TooManyTargets: the actor has searched at too many targets for a person with a withheld score.
    """
    work.subscriptions.notify_found(stored.search.found, stored.id)
    work.audit(Action.SEARCHED, stored.id, **work.searches.audited(stored))
    work.searches.require_few_targets(stored.search)  # after the entry: two at once both count
    if per_hour is not None:
        work.searches.require_allowance(per_hour)


def search_gallery(engine: Engine, request: SearchRequest, searched: Sequence[SearchProbe]) -> Search:
    """Search with probes, in place of the request's samples; nothing is stored. It raises what `search_probes` does."""
    if request.is_latent:
        engine = engine.for_latent((probe.probe, network_of(probe)) for probe in searched)
    probes = [probe.probe for probe in searched]
    engine.store.searches.require_allowance(engine.elsewhere.searches_per_hour)
    require_no_case(engine.store.database, engine.store.act, {probe.image_sha256 for probe in searched})
    require_other_images(engine, [probe.template for probe in probes])
    sequence = engine.store.templates.last_sequence()  # read first: the galleries hold at least this when they answer
    gallery_size = engine.store.record_count()
    target = request.target_fpir if engine.with_scale(probes) else None  # without a scale there is only an order
    request = replace(request, where=with_words(engine, request.where))
    rates = {engine.elsewhere.fpir, request.also_elsewhere or engine.elsewhere.fpir}
    thresholds = [threshold_for_fpir(rate, gallery_size) for rate in rates]
    ranking, lists = _ranked(engine, request, probes, min(thresholds))
    units = engine.store.people.units_of([record_id for unit_list in lists for record_id, _ in unit_list.elsewhere])
    return Search(
        case_number=request.case_number,
        officer=request.officer,
        settings=_settings(engine, request, ranking, probes, target),
        gallery_size=gallery_size,
        sequence=sequence,
        threshold=None if target is None else threshold_for_fpir(target, gallery_size),
        probes=tuple(searched),
        candidates=(
            *(line for unit_list in lists for line in unit_list.candidates(ranking.candidates, gallery_size, target)),
            *(line for unit_list in lists for line in unit_list.candidates_elsewhere(units, thresholds)),
        ),
    )


def _ranked(
    engine: Engine, request: SearchRequest, probes: Sequence[Probe], threshold: float
) -> tuple[Ranking, list[UnitList]]:
    """Rank the people for a unit; for a clearance certificate, with all of them who reach a threshold."""
    act = engine.store.act
    is_clearance = act is not None and act.purpose == Purpose.CLEARANCE
    ranking = Ranking(
        candidates=max(request.max_candidates, PEOPLE) if is_clearance else request.max_candidates,
        shortlist=engine.shortlist,
        where=without_merged(engine, request.where),
        at={} if request.among is None else dict.fromkeys(Modality.registered(), request.among),
        is_latent=request.is_latent,
    )
    lists = rank_lists(engine, ranking, probes, unit_of(act), threshold)
    while is_clearance and any(unit_list.cuts(ranking.candidates, threshold) for unit_list in lists):
        ranking = replace(ranking, candidates=2 * ranking.candidates)
        lists = rank_lists(engine, ranking, probes, unit_of(act), threshold)
    return ranking, lists


def _settings(
    engine: Engine, request: SearchRequest, ranking: Ranking, probes: Sequence[Probe], target_fpir: float | None
) -> dict[str, Any]:
    """Return how a search was made, which a replay reads."""
    settings: dict[str, Any] = {
        "target_fpir": target_fpir,
        "max_candidates": ranking.candidates,
        "where": request.where.content(),
        "is_latent": request.is_latent,
        "shortlist": engine.shortlist,
        "sequence_after": engine.store.templates.last_sequence(),  # and no more than this
        "identity": identity(engine, probes),
        INDEX: index_methods(engine, probes),
        ELSEWHERE_FPIR: engine.elsewhere.fpir,
        BOUND: bound_of(engine.channels, probes),
        STATED: [stated_at(engine.channels, probes, step * STATED_STEP) for step in range(STATED_STEPS)],
    }
    if stated := to_json(request.exhibit):
        settings[EXHIBIT] = stated
    if request.gallery:
        settings["gallery"] = request.gallery
    if request.is_latent:
        settings[COMPARED_WITH_ALL] = ranking.all_up_to
        settings[NOT_SEARCHED] = dict(request.not_searched)
        settings[LEFT_OUT] = list(request.left_out)
    return settings


def observe(engine: Engine, search: Search) -> None:
    """Count a search."""
    engine.observer.searched({probe.probe.template.modality for probe in search.probes}, _outcome(search))


def without_merged(engine: Engine, where: Filter) -> Filter:
    """Return a filter that also excludes the surviving records of merged numbers."""
    return replace(where, without=engine.store.people.with_leads(where.without)) if where.without else where


def with_words(engine: Engine, where: Filter) -> Filter:
    """Return a filter that names the people whom its words of marks find, for the index and for a replay.

    Raises:
        InvalidField: they find too many.
        Forbidden: the actor may not read records.
    """
    numbers = [engine.store.people.with_marks(words, MOST_BY_WORDS) for words in where.mark_words]
    return replace(where, only=numbers[0] or frozenset({_NOBODY})) if numbers else where


def _outcome(search: Search) -> SearchOutcome:
    if search.threshold is None:
        return SearchOutcome.LISTED
    return SearchOutcome.FOUND if search.names_somebody else SearchOutcome.NONE


def require_may_search(engine: Engine, request: SearchRequest) -> None:
    """Refuse a search that the store would not take, before its samples are extracted.

    Raises:
        Forbidden, InvalidField: other states are to be searched; see `require_may_ask`.
        PurposeMissing: the actor states no purpose, or no case.
        TooManySearches: the account has made too many in an hour.
    """
    if act := engine.store.act:
        searches.require_purpose(act.purpose, request.case_number or act.case_number)
    engine.store.searches.require_allowance(engine.elsewhere.searches_per_hour)
    if request.national_basis:
        require_may_ask(engine)


def index_methods(engine: Engine, probes: Sequence[Probe]) -> dict[str, str]:
    """Return how the templates that a search with these probes compares are selected, for each modality."""
    used = {probe.template.modality for probe in probes}
    return {modality: channel.gallery.method for modality, channel in engine.channels.items() if modality in used}


def identity(engine: Engine, probes: Sequence[Probe]) -> dict[str, dict[str, Any]]:
    """Return by what a search with these probes is answered: for each modality, SHA-256 (hex) each."""
    return {
        modality: {
            "model": channel.recogniser.model,
            "feature_space": channel.recogniser.feature_space,
            "calibration": channel.calibration.digest,
            **({"latent_scale": channel.latent_scale.digest} if channel.latent_scale else {}),
        }
        for modality, channel in engine.channels.items()
        if any(probe.template.modality is modality for probe in probes)
    }
