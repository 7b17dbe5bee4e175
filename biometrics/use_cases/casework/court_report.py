"""Use case: the report of a closed case for a court: images with their origin, their comparison, its likelihood ratio.

A likelihood ratio is stated of the pair of images that a conclusion rests on, in both directions; ratios are made from
whole prints, so that a latent has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from biometrics.access.units import UnitStore
from biometrics.accounts.qualifications import qualifications_of
from biometrics.cases.report import CaseReport
from biometrics.imaging.charts import Chart, Exhibit
from biometrics.imaging.image import Image, decode
from biometrics.kernel.casework.cases import Pair, Question, Side
from biometrics.kernel.errors import NothingToCompare, UnsupportedImage
from biometrics.kernel.people.record import Record, StoredEncounter
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.reading import PlacedBy
from biometrics.kernel.recognition.types import Template
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.matching.ports import Recogniser
from biometrics.records.store import RecordStore
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.casework.case_templates import models_for, template_named
from biometrics.use_cases.casework.casework import Casework, RecordedLook
from biometrics.use_cases.casework.examine import CaseImage, content_of, images_of
from biometrics.use_cases.engine.engine import Engine


@dataclass(frozen=True, eq=False)
class ReportedImage:
    """An image of a case with its file, and when and by whose account it was received, by its row.

    `received_sha256` (hex) was computed when it was received. `encounter` is that of a sample, with its record, and
    `search` that of a probe. `box` is the part of the image that was compared, None where that is all of it. `picture`
    is None for another system's minutiae, `template` where no model in use has read the file. `placed_by` says who
    placed each minutia of the template, where an examiner marked it and that is known.
    """

    image: CaseImage
    content: bytes
    picture: Image | None
    template: Template | None
    received_at: datetime
    received_by: str
    received_sha256: str
    encounter: StoredEncounter | None = None
    box: CropBox | None = None
    placed_by: tuple[PlacedBy | None, ...] = ()
    search: StoredSearch | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 (hex) of the file as it is now."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, eq=False)
class CourtReport:
    """A closed case for a court.

    `known` are the images of the case, as its page lists them. `images`, by name, are those to print; it lacks those
    that were removed.

    `people` are the records of both sides, as far as they exist; they are one record after a merge.

    `pair` are the images that were compared, those of the identification if the case is one. `chart` is their automatic
    comparison, None without one. `latent`, `scale` and `ratio` are about that pair, whatever the conclusion; `scale` is
    None if there are no ratios for the model, `ratio` also for a latent, and against one source where a photo is too
    poor: it `excludes_nobody`.

    `qualifications` are what the authors of opinions and analyses stated of themselves, by account id, and `validation`
    what the examining unit states of the validation of the software; "" if it states nothing.
    """

    case: CaseReport
    people: Mapping[Side, Record]
    search: StoredSearch | None
    case_images: tuple[CaseImage, ...]
    images: Mapping[str, ReportedImage]
    pair: Pair | None
    chart: Chart | None = None
    latent: bool = False
    scale: LikelihoodScale | None = None
    ratio: Ratio | None = None
    excludes_nobody: bool = False
    qualifications: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""


def court_report(engine: Engine, cases: Casework, case_id: str, scales: Mapping[str, LikelihoodScale]) -> CourtReport:
    """Gather the report of a closed case; `scales` are by the digest of their model.

    The audit log names the report and its images.

    Raises:
        UnknownCase, OutOfJurisdiction: the caller may not see the case.
        WrongStep: it is not closed.
        NothingToCompare: the identification rests on two different fingers.
    """
    case, looks = cases.report(case_id)
    store, question = engine.store.as_system("writes the report of a case for a court"), case.view.question
    search_ids = (question.search_id, question.candidate_search_id)
    searches = {search_id: store.searches.get(search_id) for search_id in search_ids if search_id}
    case_images = images_of(engine.store, case.view)
    origins = _Origins(store, models_for(store, engine.by_model, question.search_id), question, searches)
    images = {image.name: origins.reported(image, looks[image.name]) for image in case_images if image.name in looks}
    pairs = [case.view.pair] if case.view.pair else [opinion.pair for opinion in reversed(case.view.opinions)]
    pair = next((pair for pair in pairs if pair is not None and set(pair) <= images.keys()), None)
    people, search = _people(engine.store, question), searches.get(question.search_id or "")
    stated = UnitStore(store.database).court_details(question.unit)
    report = CourtReport(
        case,
        people,
        search,
        case_images,
        images,
        pair,
        qualifications=qualifications_of(store.database, case.view.authors),
        validation=stated.validation,
    )
    return _compared(engine, report, pair, scales) if pair else report


def _people(store: RecordStore, question: Question) -> dict[Side, Record]:
    ids = {Side.PROBE: question.record_id or "", Side.CANDIDATE: question.candidate_id}
    readable = store.people.named(list(filter(None, ids.values())))
    by_side = {side: readable.get(record_id) for side, record_id in ids.items()}
    return {side: person for side, person in by_side.items() if isinstance(person, Record)}


@dataclass(frozen=True, eq=False)
class _Origins:
    """Where the files of a case's images came from: the service's own store, and the searches of the case."""

    store: RecordStore
    models: list[str]
    question: Question
    searches: Mapping[str, StoredSearch]

    def reported(self, image: CaseImage, look: RecordedLook) -> ReportedImage:
        """Return an image with its file and where that came from."""
        # Where both records were merged, an image is listed on both sides: its side is that of the opinions.
        image, content = replace(image, side=look.side), content_of(self.store, look, image.media_type).content
        template: Template | None = None
        box: CropBox | None = None
        with suppress(NothingToCompare):
            template, box = template_named(self.store, self.models, self.question, image.name)
        kind, _, number = image.name.partition("-")
        from_origin = self._of_sample if kind == "sample" else self._of_probe
        return from_origin(int(number), image=image, content=content, template=template, box=box)

    def _of_sample(self, sample_id: int, *, content: bytes, **values: Any) -> ReportedImage:
        sample = self.store.samples.get(sample_id)
        encounters = {encounter.id: encounter for encounter in self.store.people.get(sample.record_id).encounters}
        encounter = encounters[sample.encounter_id]
        return ReportedImage(
            content=content,
            picture=_picture(content, sample.ppi),
            received_at=encounter.created_at,
            received_by=sample.enrolled_by,
            received_sha256=sample.image_sha256,
            encounter=encounter,
            **values,
        )

    def _of_probe(self, ordinal: int, *, image: CaseImage, content: bytes, **values: Any) -> ReportedImage:
        search = self.searches[self.question.search_of(image.name) or ""]
        probe = next(probe for probe in search.search.probes if probe.ordinal == ordinal)
        return ReportedImage(
            image=image,
            content=content,
            picture=_picture(content, probe.reading.ppi),
            received_at=search.created_at,
            received_by=search.search.actor_id,
            received_sha256=probe.image_sha256,
            placed_by=probe.reading.placed_by or (),
            search=search,
            **values,
        )


def _picture(content: bytes, ppi: float | None) -> Image | None:
    """Return the image in a file, with the resolution that it was stored with; None for another system's minutiae."""
    try:
        return decode(content, ppi)
    except UnsupportedImage:
        return None


def _compared(engine: Engine, report: CourtReport, pair: Pair, scales: Mapping[str, LikelihoodScale]) -> CourtReport:
    """Add the comparison of the pair of images, as far as a model in use has read both."""
    view, (probe, candidate) = report.case.view, (report.images[name] for name in pair)
    latent = view.question.is_about_latent or not view.finding or view.finding.evidence.orders_only
    report = replace(report, latent=latent)
    if probe.template is None or candidate.template is None or probe.template.model != candidate.template.model:
        return report
    recogniser = engine.by_model[probe.template.model].recogniser
    chart, scale = _chart(recogniser, probe, candidate), scales.get(recogniser.model)
    report = replace(report, chart=chart, scale=scale)
    if latent or scale is None:
        return report
    ratio = scale.ratio(float(recogniser.compare(probe.template, [candidate.template])[0]))
    if ratio.stated < 0.0 and (probe.template.is_too_poor or candidate.template.is_too_poor):
        return replace(report, excludes_nobody=True)
    return replace(report, ratio=ratio)


def _chart(recogniser: Recogniser, *pair: ReportedImage) -> Chart | None:
    """Return the chart of two images; None of another system's minutiae, or a photo whose face is not found again."""
    exhibits = [Exhibit(image.template, image.picture, image.box) for image in pair if image.template and image.picture]
    with suppress(NothingToCompare):
        return recogniser.chart(*exhibits) if len(exhibits) == len(pair) else None
    return None
