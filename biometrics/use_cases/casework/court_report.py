"""Use case: the report of a closed case for a court: images with their origin, their comparison, its likelihood ratio.

A likelihood ratio is stated of the pair of images that an identification rests on; ratios are made from whole prints,
so that a latent has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from biometrics.cases.report import CaseReport
from biometrics.imaging.charts import Chart, Exhibit
from biometrics.imaging.image import Image, decode
from biometrics.kernel.casework.cases import Pair, Side
from biometrics.kernel.errors import NothingToCompare, UnsupportedImage
from biometrics.kernel.people.record import Record, StoredEncounter
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.reading import PlacedBy
from biometrics.kernel.recognition.types import Template
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.records.store import RecordStore
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.casework.case_templates import models_for, template_named
from biometrics.use_cases.casework.casework import Casework
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
    comparison, None without one. `latent`, `scale` and `ratio` are about the pair of an identification; `scale` is None
    if there are no ratios for the model, `ratio` also for a latent.
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


def court_report(engine: Engine, cases: Casework, case_id: str, scales: Mapping[str, LikelihoodScale]) -> CourtReport:
    """Gather the report of a closed case; `scales` are by the digest of their model.

    The audit log names the report and its images.

    Raises:
        UnknownCase, OutOfJurisdiction: the caller may not see the case.
        WrongStep: it is not closed.
        NothingToCompare: the identification rests on two different fingers.
    """
    case, looks = cases.report(case_id)
    store, view = engine.store.as_system("writes the report of a case for a court"), case.view
    search_ids = (view.question.search_id, view.question.candidate_search_id)
    searched = {search_id: store.searches.get(search_id) for search_id in search_ids if search_id}
    models = models_for(store, engine.by_model, view.question.search_id)
    case_images = images_of(engine.store, view)
    # Where both records were merged, an image is listed on both sides: its side is that of the opinions.
    reported_images = {
        image.name: replace(image, side=looks[image.name].side) for image in case_images if image.name in looks
    }
    images = {
        image.name: _reported(
            store, models, case, searched, image, content_of(store, looks[image.name], image.media_type).content
        )
        for image in reported_images.values()
    }
    ids = {Side.PROBE: view.question.record_id, Side.CANDIDATE: view.question.candidate_id}
    readable = engine.store.people.named([record_id for record_id in ids.values() if record_id])
    by_side = {side: readable.get(record_id or "") for side, record_id in ids.items()}
    people = {side: person for side, person in by_side.items() if isinstance(person, Record)}
    pairs = [view.pair] if view.pair else [opinion.pair for opinion in reversed(view.opinions)]
    pair = next((pair for pair in pairs if pair is not None and set(pair) <= images.keys()), None)
    return _compared(
        engine, CourtReport(case, people, searched.get(search_ids[0] or ""), case_images, images, pair), scales
    )


def _reported(
    store: RecordStore,
    models: list[str],
    case: CaseReport,
    searched: Mapping[str, StoredSearch],
    image: CaseImage,
    content: bytes,
) -> ReportedImage:
    """Return an image with where its file came from."""
    template: Template | None = None
    box: CropBox | None = None
    with suppress(NothingToCompare):
        template, box = template_named(store, models, case.view.question, image.name)
    kind, _, number = image.name.partition("-")
    if kind == "sample":
        sample = store.samples.get(int(number))
        encounters = {encounter.id: encounter for encounter in store.people.get(sample.record_id).encounters}
        encounter = encounters[sample.encounter_id]
        origin = (encounter.created_at, sample.enrolled_by, sample.image_sha256, encounter)
        return ReportedImage(image, content, _picture(content, sample.ppi), template, *origin, box=box)
    search = searched[case.view.question.search_of(image.name) or ""]
    probe = next(probe for probe in search.search.probes if probe.ordinal == int(number))
    ppi = probe.reading.ppi
    received = (search.created_at, search.search.actor_id, probe.image_sha256)
    placed_by = probe.reading.placed_by or ()
    picture = _picture(content, ppi)
    return ReportedImage(image, content, picture, template, *received, box=box, placed_by=placed_by, search=search)


def _picture(content: bytes, ppi: float | None) -> Image | None:
    """Return the image in a file, with the resolution that it was stored with; None for another system's minutiae."""
    try:
        return decode(content, ppi)
    except UnsupportedImage:
        return None


def _compared(engine: Engine, report: CourtReport, scales: Mapping[str, LikelihoodScale]) -> CourtReport:
    """Add the comparison of the pair of images, as far as a model in use has read both."""
    if report.pair is None:
        return report
    probe, candidate = (report.images[name] for name in report.pair)
    view, identified = report.case.view, report.case.view.pair == report.pair
    latent = view.question.is_about_latent or not view.finding or view.finding.evidence.orders_only
    report = replace(report, latent=latent)
    if probe.template is None or candidate.template is None or probe.template.model != candidate.template.model:
        return report
    recogniser = engine.by_model[probe.template.model].recogniser
    if probe.picture is not None and candidate.picture is not None:
        exhibits = [Exhibit(piece.template, piece.picture, piece.box) for piece in (probe, candidate) if piece.template]
        with suppress(NothingToCompare):  # a photo whose face cannot be found again
            report = replace(report, chart=recogniser.chart(*exhibits))
    scale = scales.get(recogniser.model)
    if latent or scale is None or not identified:
        return replace(report, scale=scale)
    raw = recogniser.compare(probe.template, [candidate.template])
    return replace(report, scale=scale, ratio=scale.ratio(float(raw[0])))
