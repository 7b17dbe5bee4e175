"""The templates of the images of cases, by the names that the images have there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from biometrics.kernel.casework.cases import Question
from biometrics.kernel.errors import NothingToCompare
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.records.store import RecordStore
from biometrics.searches.model import SearchProbe

_NAME: Final = re.compile(r"(sample|probe|latent)-([0-9]{1,18})", re.ASCII)


def models_for(store: RecordStore, models: Iterable[str], search_id: str | None) -> list[str]:
    """Return the models to compare the images of a case by: those of its search first, if it is about one."""
    return models_of(store.searches.probes_of([search_id]).get(search_id, ()) if search_id else (), models)


def models_of(probes: Sequence[SearchProbe], models: Iterable[str]) -> list[str]:
    """Return some models, those of a search's probes first."""
    probe_models = {template.model for probe in probes for template in probe.templates}
    return sorted(models, key=lambda model: model not in probe_models)


def template_named(
    store: RecordStore, models: list[str], question: Question, name: str
) -> tuple[Template, CropBox | None]:
    """Return the template of an image of a case, by the first of some models that it has one of, and its box there.

    Raises:
        UnknownSample: there is no sample of this number.
        NothingToCompare: nothing is stored that today's model can read.
    """
    if not (match := _NAME.fullmatch(name)):
        raise NothingToCompare(f"There is no image {name}.")
    number = int(match[2])
    if match[1] == "sample":
        sample = store.samples.get(number)
        return stored_template(store, models, sample.record_id, number).template, sample.box
    search_id = question.search_of(name)
    probes = store.searches.probes_of([search_id]).get(search_id, ()) if search_id else ()
    if number >= len(probes):
        raise NothingToCompare(f"The search has no probe {number}.")
    reading = probes[number].reading
    return probe_by(models, probes[number]).template, reading.box


def stored_template(store: RecordStore, models: list[str], record_id: str, sample_id: int) -> StoredTemplate:
    """Return the template of a stored sample, by the first of some models that it has one of.

    Raises:
        NothingToCompare: there is none of these models.
    """
    templates = store.templates.of_records([record_id], models).get(record_id, ())
    by_model = {stored.template.model: stored for stored in templates if stored.sample_id == sample_id}
    template = next((by_model[model] for model in models if model in by_model), None)
    if template is None:
        raise NothingToCompare("The current model has no features of this image; view the image itself.")
    return template


def probe_by(models: list[str], stored: SearchProbe) -> Probe:
    """Return a probe of a search by the first of some models that it has a template of.

    Raises:
        NothingToCompare: it has one of none of them.
    """
    if (probe := stored.by(models)) is None:
        raise NothingToCompare("The search was made by another model than today's; make it again to compare.")
    return probe
