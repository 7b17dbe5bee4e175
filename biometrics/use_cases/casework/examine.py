"""Use cases of examiners: to ask about a candidate of a search, and to see the images of a case, each in its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from biometrics.cases.reader import CaseReader
from biometrics.cases.view import CaseView
from biometrics.imaging.image import decode
from biometrics.kernel.casework.cases import OTHER_LATENT, PROBE, CandidateCase, CaseKind, Finding, Question, Side
from biometrics.kernel.errors import InvalidField, UnknownSample, WrongStep
from biometrics.kernel.people.record import Record
from biometrics.kernel.recognition.capture import FingerPosition, Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.clock import today
from biometrics.matching.calibration import Score
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.searches.model import FIELD, KeptImage, SearchCandidate, StoredSearch
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.casework import Casework, RecordedLook
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.candidates import Hint, stored_candidates
from biometrics.watchlist.links import LinkReader

OPEN = "open"  # the step of a request that opens a case


@dataclass(frozen=True)
class CaseImage:
    """An image of a case: whose, what it is called there, and what is known of it."""

    side: Side
    name: str
    modality: Modality
    position: Position | None
    media_type: str


def open_case(
    engine: Engine,
    search_id: str,
    candidate: str | int,
    samples: Sequence[Sample],
    enclosed: Sequence[Sample] = (),
    *,
    is_urgent: bool = False,
) -> CaseView:
    """Open a case about a candidate of a stored search, as the caller sees its candidate list.

    `candidate` is the id of a record, or a rank from 1 on that list: of a hit that another unit keeps no id is shown.
    `samples` are the files that the search was made with, known by their SHA-256, needed only where none is kept.
    `enclosed` are those of a transaction, of which the search need not have been made with all. From now on the files
    are kept as long as a case needs them.

    Raises:
        UnknownSearch: there is none of this id.
        InvalidField: there is no such candidate on the list, or a file is not one that it was made with.
        Conflict: it was asked already.
    """
    act = engine.store.act
    assert act is not None, "a case is opened by an actor"
    stored = engine.store.searches.get(search_id)
    rank, hit = _candidate(stored, candidate)
    if FIELD in stored.search.settings:
        raise InvalidField("A field check keeps no probe; search with the same samples, and open the case about that.")
    images = _matched(stored, engine, [*samples, *_searched_with(stored, enclosed)])
    if not images and not stored.images:
        raise InvalidField("Send the files that were searched with: examiners must see them, and none is kept.")
    question = Question(
        _kind(stored),
        hit.record_id,
        search_id=stored.id,
        owner=act.actor.id,
        unit=act.actor.unit,
        is_urgent=is_urgent,
    )
    finding = Finding(hit.decibans, rank, hit.detail["hint"], hit.detail)

    until = engine.keeping.for_case(today(), stored.search.purpose)
    return engine.store.carry_out(lambda work: _opened(engine, work, question, finding, images, until=until), OPEN)


def open_link_case(engine: Engine, standing_id: str, link_id: str) -> CaseView:
    """Open a case about a link of an unsolved latent of the actor's unit; the other latent is the candidate.

    Raises:
        UnknownStandingSearch, UnknownLink: the actor may see no such latent, or it has no such link.
        InvalidField: the file of one of the two is not kept.
        Conflict: it was asked already.
    """
    act = engine.store.act
    assert act is not None, "a case is opened by an actor"
    ends = LinkReader(engine.store.database, act).ends(standing_id, link_id)
    if not all(map(engine.store.searches.images_of, (ends.search_id, ends.candidate_search_id))):
        raise InvalidField("Examiners cannot compare these latents: the file of one is not kept.")
    question = Question(
        CaseKind.LATENT_LINK,
        "",
        search_id=ends.search_id,
        standing_id=ends.standing_id,
        candidate_search_id=ends.candidate_search_id,
        owner=act.actor.id,
        unit=act.actor.unit,
    )
    score = Score(ends.decibans, False, 0.0, ends.decibans, calibrated=False)
    content = {name: value for name, value in asdict(score).items() if name not in ("seen", "bound")}
    finding = Finding(ends.decibans, ends.rank, Hint.INSPECT.value, {"score": content | {"bound": 0.0}})
    with engine.store.begin(OPEN) as work:
        return _opened(engine, work, question, finding, until=engine.keeping.for_case(today()))


def _opened(
    engine: Engine,
    work: UnitOfWork,
    question: Question,
    finding: Finding,
    images: Sequence[KeptImage] = (),
    *,
    until: date,
) -> CaseView:
    """Open a case about a search, unless an earlier arrival of the request has, and read it; its files are kept."""
    if work.is_first:
        work.searches.keep_images(question.search_id or "", images, until)
        case_id = work.cases.open(question, finding, engine.rules.verified())
        work.audit(Action.CASE_OPENED, case_id, kind=question.kind)
        work.remember(case_id)
    view, audit_detail = work.cases.read(work.answer)
    work.audit(Action.CASE_READ, view.id, **audit_detail)
    return view


def images_of(store: RecordStore, view: CaseView) -> tuple[CaseImage, ...]:
    """Return the images of a case that its viewer may see now: the candidate's come after the analysis.

    What belongs to a record that was removed is gone. A unit that may not examine the case is shown none.
    """
    if view.referral is not None:
        return ()
    store, question = store.as_system("shows a case's images"), view.question
    probe_images: list[CaseImage] = []
    if question.search_id:
        probe_images = _of_search(store, question.search_id, Side.PROBE, PROBE)
    elif question.record_id:
        probe_images += _samples(store.people.get_or_none(question.record_id), Side.PROBE, question.encounter_id)
    if not view.shows_candidate:
        return tuple(probe_images)
    if question.candidate_search_id:
        return (*probe_images, *_of_search(store, question.candidate_search_id, Side.CANDIDATE, OTHER_LATENT))
    # Of a person who searched is asked by a new encounter: those are the images to compare with.
    only = question.encounter_id if question.search_id else None
    return (*probe_images, *_samples(store.people.get_or_none(question.candidate_id), Side.CANDIDATE, only))


def image_of(store: RecordStore, cases: Casework, case_id: str, name: str) -> KeptImage:
    """Return an image of a case, and keep that it was looked at.

    Raises:
        UnknownCase; WrongStep, CaseTaken: it is not time yet, or the case is another examiner's.
        OutOfJurisdiction: the case is for another unit's examiners.
        UnknownSample: there is no image of this name in the case.
    """
    return open_image(store, cases, case_id, name)[2]


def open_image(store: RecordStore, cases: Casework, case_id: str, name: str) -> tuple[CaseView, CaseImage, KeptImage]:
    """Return a case, an image of it and the file, and keep that it was looked at.

    Raises:
        UnknownCase, WrongStep, CaseTaken, UnknownSample: as for `image_of`.
    """
    image = _image_named(store, cases.examined(case_id), name)
    look = cases.look(case_id, image.side, image.name)
    return (
        look.view,
        image,
        content_of(store.as_system("shows a case's images"), look, image.media_type),
    )


def preview_of(store: RecordStore, cases: Casework, case_id: str) -> KeptImage:
    """Return the first image of a case's probe for a small picture, and keep that it was shown.

    Raises:
        UnknownCase; OutOfJurisdiction: the case is for another unit's examiners.
        UnknownSample: nothing of the probe is stored.
    """
    types: dict[str, str] = {}

    def choose(view: CaseView) -> str:
        types.update((image.name, image.media_type) for image in images_of(store, view) if image.side is Side.PROBE)
        if not types:
            raise UnknownSample("No image of this case's probe is stored.")
        return next(iter(types))

    look = cases.preview(case_id, choose)
    return content_of(store.as_system("shows a case's images"), look, types[look.image])


def look_at_comparison(store: RecordStore, cases: Casework, case_id: str, probe: str, candidate: str) -> CaseView:
    """Record that an examiner saw which marks of two images of a case correspond.

    Raises:
        UnknownCase, WrongStep, CaseTaken, UnknownSample: as for `image_of`.
        InvalidField: the images are not one of each side.
    """
    view = cases.examined(case_id)
    sides = [_image_named(store, view, name).side for name in (probe, candidate)]
    if sides != [Side.PROBE, Side.CANDIDATE]:
        raise InvalidField("Name an image of those that ask first, then one of the candidate's.")
    return cases.look(view.id, Side.CANDIDATE, f"{candidate} with {probe}").view


def cases_of_candidates(cases: CaseReader, stored: StoredSearch) -> dict[int, CandidateCase]:
    """Return by rank on the actor's list the cases about candidates of a stored search."""
    by_candidate, visible = cases.of_search(stored.id), stored_candidates(stored)
    record_ids = [line.person.id if line.person else line.candidate.record_id for line in visible.people]
    record_ids += [hit.best.record_id if hit.best else "" for hit in visible.elsewhere]
    return {
        rank: by_candidate[record_id] for rank, record_id in enumerate(record_ids, start=1) if record_id in by_candidate
    }


def _candidate(stored: StoredSearch, candidate: str | int) -> tuple[int, SearchCandidate]:
    """Return a candidate that the actor sees on a search's list, with its place among all."""
    visible = stored_candidates(stored)
    for rank, line in enumerate(visible.people, start=1):
        if candidate in (rank, line.candidate.record_id) and line.person is not None:
            return stored.search.candidates.index(line.candidate) + 1, line.candidate
    for rank, hit in enumerate(visible.elsewhere, start=len(visible.people) + 1):
        if candidate == rank and hit.best is not None:
            return rank, hit.best
    raise InvalidField("This is not a candidate of the search; give the id of a record that it lists, or a rank.")


def _image_named(store: RecordStore, view: CaseView, name: str) -> CaseImage:
    found_image = next((image for image in images_of(store, view) if image.name == name), None)
    if found_image is None:
        if not view.shows_candidate:
            raise WrongStep("Analyse the print or photo first; the candidate's images are shown after that.")
        raise UnknownSample(f"There is no image {name} in this case; list its images.")
    return found_image


def content_of(store: RecordStore, look: RecordedLook, media_type: str) -> KeptImage:
    """Return the file of an image whose view was recorded, from the service's own store."""
    kind, _, number = look.image.partition("-")
    if kind == "sample":
        return KeptImage(0, media_type, store.samples.image(int(number)))
    image = store.searches.image(look.view.question.search_of(look.image) or "", int(number))
    if image is None:
        raise UnknownSample("The image was removed meanwhile.")
    return image


def _samples(record: Record | None, side: Side, encounter_id: str | None) -> list[CaseImage]:
    """Return the samples of a record, those of one encounter where that is still in it."""
    encounters = record.encounters if record else ()
    chosen = [encounter for encounter in encounters if encounter.id == encounter_id] or encounters
    return [
        CaseImage(side, f"sample-{sample.id}", sample.modality, sample.position, sample.media_type)
        for encounter in chosen
        for sample in encounter.samples
    ]


def _of_search(store: RecordStore, search_id: str, side: Side, kind: str) -> list[CaseImage]:
    """Return the kept files of a search, with names of a kind."""
    probes = {one.ordinal: one.probe for one in store.searches.probes_of([search_id]).get(search_id, ())}
    images = []
    for image_file in store.searches.images_of(search_id):
        probe = probes[image_file.ordinal]
        name, modality = f"{kind}-{image_file.ordinal}", probe.template.modality
        images.append(CaseImage(side, name, modality, probe.position, image_file.media_type))
    return images


def _searched_with(stored: StoredSearch, enclosed: Sequence[Sample]) -> list[Sample]:
    """Return those of a transaction's files that a search was made with: what was of no use had no part in it."""
    digests = {probe.image_sha256 for probe in stored.search.probes}
    matching = [sample for sample in enclosed if sample.image_sha256 in digests]
    if enclosed and not matching:
        raise InvalidField("The search was not made with this transaction; send the very same file.")
    return matching


def _matched(stored: StoredSearch, engine: Engine, samples: Sequence[Sample]) -> list[KeptImage]:
    probes: defaultdict[str, dict[Modality, int]] = defaultdict(dict)
    for probe in stored.search.probes:  # a latent is several probes, of one file, and may be a finger or a palm
        assert probe.ordinal is not None, "the search is stored"
        probes[probe.image_sha256].setdefault(probe.probe.template.modality, probe.ordinal)
    images = []
    for sample in samples:
        if sample.image_sha256 not in probes:
            raise InvalidField(f"{sample.label}: the search was not made with this file; send exactly the same file.")
        media_type = _media_type(engine, sample)
        images += [KeptImage(ordinal, media_type, sample.content) for ordinal in probes[sample.image_sha256].values()]
    return images


def _media_type(engine: Engine, sample: Sample) -> str:
    if record := engine.channels[sample.modality].recogniser.read_record(sample):
        return record[0].media_type
    return decode(sample.content, sample.ppi).media_type


def _kind(stored: StoredSearch) -> CaseKind:
    """Return what a search was: one print of an unknown finger may be a latent, so that no ratio is stated of it."""
    probes = [probe.probe for probe in stored.search.probes]
    unknown = len(probes) == 1 and probes[0].position is FingerPosition.UNKNOWN
    return CaseKind.LATENT_HIT if stored.search.is_latent or unknown else CaseKind.SEARCH_HIT
