"""Use cases of visual comparison: an image with its marks, and two images with their corresponding marks."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from biometrics.cases.view import CaseView
from biometrics.imaging.charts import Chart, Exhibit, MarkedImage, SearchChart, upended
from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import InvalidField, NothingToCompare, UnsupportedImage
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.matching.ports import Recogniser
from biometrics.matching.scoring import comparable
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.casework.case_templates import (
    models_for,
    models_of,
    probe_by,
    stored_template,
    template_named,
)
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.examine import CaseImage, look_at_comparison, open_image
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.blinded_images import require_other_images


@dataclass(frozen=True, eq=False)
class CaseExhibit:
    """An image of a case, its file, and what was extracted from it."""

    image: CaseImage
    content: bytes
    exhibit: Exhibit


@dataclass(frozen=True, eq=False)
class SideBySide:
    """A case as the examiner may see it, two images of it, and their chart."""

    view: CaseView
    probe: CaseExhibit
    candidate: CaseExhibit
    chart: Chart


def marks_of(engine: Engine, cases: Casework, case_id: str, name: str) -> MarkedImage:
    """Return the marks extracted from an image of a case; the view of the image is recorded.

    Raises:
        UnknownCase, WrongStep, CaseTaken, UnknownSample: as for `image_of`.
        NothingToCompare: nothing is stored that today's model can read.
    """
    piece = piece_of(engine, cases, case_id, name)
    return recogniser_of(engine, piece).marked(piece.exhibit)


def side_by_side(engine: Engine, cases: Casework, case_id: str, probe: str, candidate: str) -> SideBySide:
    """Chart an image of the probe and one of the candidate; the comparison is logged with the aspect it was shown in.

    Raises:
        UnknownCase, WrongStep, CaseTaken, UnknownSample: as for `image_of`.
        NothingToCompare: they are not of one kind, or nothing is stored that today's model can read.
    """
    view = look_at_comparison(engine.store, cases, case_id, probe, candidate)
    first, second = (piece_of(engine, cases, case_id, name) for name in (probe, candidate))
    if first.image.modality is not second.image.modality:
        raise NothingToCompare("A print and a photo cannot be compared; choose two of one kind.")
    require_one_model(first, second)
    chart = recogniser_of(engine, first).chart(first.exhibit, second.exhibit)
    return SideBySide(view, first, second, chart)


def chart_candidate(
    engine: Engine, search_id: str, sample_id: int, ordinal: int | None = None, file: bytes | None = None
) -> SearchChart:
    """Chart a probe of a stored search and a sample of one of its candidates.

    Args:
        engine: on the actor's behalf.
        search_id: of the search.
        sample_id: of the candidate's sample.
        ordinal: the probe's place in the search; without it the one that the sample was found by.
        file: what was searched with, for a photo that is not kept.

    Raises:
        UnknownSearch, UnknownSample, OutOfJurisdiction.
        InvalidField: the sample is no candidate's, there is no such probe, or the file is another one.
        NothingToCompare: they are not of one finger or kind, or nothing is stored that today's model can read.
        HiddenUntilDecided: as for `require_other_images`.
    """
    stored, sample = engine.store.searches.get(search_id), engine.store.samples.get(sample_id)
    if (
        sample.record_id
        not in engine.store.people.resolve_merged_ids(
            [candidate.record_id for candidate in stored.search.candidates]
        ).values()
    ):
        raise InvalidField("This sample does not belong to a candidate of the search.")
    models = models_of(stored.search.probes, engine.by_model)
    template = stored_template(engine.store, models, sample.record_id, sample_id)
    index = _found_by(stored, template) if ordinal is None else ordinal
    if not 0 <= index < len(stored.search.probes):
        raise InvalidField(f"The search has {len(stored.search.probes)} probes; count them from 0.")
    search_probe = probe_by([template.template.model, *models], stored.search.probes[index])
    if not comparable(search_probe, template):
        raise NothingToCompare("They are not of one finger, or not of one kind; choose two that are.")
    require_other_images(engine, [search_probe.template, template.template])
    reading = stored.search.probes[index].reading
    probe = Exhibit(search_probe.template, _probe_image(engine, stored, index, file), reading.box)
    chart = engine.by_model[template.template.model].recogniser.chart(
        probe, Exhibit(template.template, _image(engine.store.samples.image(sample_id)), sample.box)
    )
    chart = upended(chart) if search_probe.is_upside_down else chart
    return SearchChart(**vars(chart), ordinal=index)


def piece_of(engine: Engine, cases: Casework, case_id: str, name: str) -> CaseExhibit:
    """Return an image of a case with what was extracted from it; the view of the image is recorded.

    Raises:
        UnknownCase, WrongStep, CaseTaken, UnknownSample: as for `image_of`.
        NothingToCompare: nothing is stored that today's model can read.
    """
    view, image, stored_image = open_image(engine.store, cases, case_id, name)
    store = engine.store.as_system("shows a case's images")
    models = models_for(store, engine.by_model, view.question.search_id)
    template, box = template_named(store, models, view.question, name)
    return CaseExhibit(image, stored_image.content, Exhibit(template, _image(stored_image.content), box))


def recogniser_of(engine: Engine, piece: CaseExhibit) -> Recogniser:
    """Return the recogniser of the model that made an exhibit's template."""
    return engine.by_model[piece.exhibit.template.model].recogniser


def require_one_model(first: CaseExhibit, second: CaseExhibit) -> None:
    """Refuse to compare two images that have templates of two models.

    Raises:
        NothingToCompare: they have.
    """
    if first.exhibit.template.model != second.exhibit.template.model:
        raise NothingToCompare("No model in use has features of both images; view the images themselves.")


def _found_by(stored: StoredSearch, template: StoredTemplate) -> int:
    """Return the place of the probe that a sample was found by, else of the first that it may be compared with."""
    probes = [probe.by([template.template.model]) or probe.probe for probe in stored.search.probes]
    compared_samples = [sample for candidate in stored.search.candidates for sample in candidate.detail["samples"]]
    best = {sample["probe"] for sample in compared_samples if sample["sample_id"] == template.sample_id}
    places = [index for index, probe in enumerate(probes) if comparable(probe, template)]
    return next((index for index in places if probes[index].label in best), places[0] if places else 0)


def _probe_image(engine: Engine, stored: StoredSearch, index: int, file: bytes | None) -> Image | None:
    if file is not None:
        if sha256(file).hexdigest() != stored.search.probes[index].image_sha256:
            raise InvalidField("The search was not made with this file; choose exactly the same file.")
        return _image(file)
    probe_image = stored.image_of(index)
    image = engine.store.searches.image(stored.id, probe_image.ordinal) if probe_image else None
    return _image(image.content) if image else None


def _image(content: bytes) -> Image | None:
    """Return the image in a file; None where the file is another system's minutiae."""
    try:
        return decode(content)
    except UnsupportedImage:
        return None
