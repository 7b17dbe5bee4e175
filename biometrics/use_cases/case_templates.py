"""The templates of the images of cases, by the names that the images have there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from biometrics.kernel.errors import NothingToCompare
from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import Modality, Template
from biometrics.matching.channel import Channel
from biometrics.records.store import RecordStore

_NAME: Final = re.compile(r"(sample|probe)-([0-9]{1,18})", re.ASCII)


def template_named(
    store: RecordStore, channels: Mapping[Modality, Channel], search_id: str | None, name: str
) -> Template:
    """Return the template of an image of a case, which is about a search or about none.

    Raises:
        UnknownSample: there is no sample of this number.
        NothingToCompare: nothing is stored that today's model can read.
    """
    models = [channel.recogniser.model for channel in channels.values()]
    if not (match := _NAME.fullmatch(name)):
        raise NothingToCompare(f"There is no image {name}.")
    number = int(match[2])
    if match[1] == "sample":
        return stored_template(store, models, store.samples.get(number).record_id, number).template
    probes = store.searches.probes_of([search_id]).get(search_id, ()) if search_id else ()
    if number >= len(probes):
        raise NothingToCompare(f"The search has no probe {number}.")
    return readable(models, probes[number].probe.template)


def stored_template(store: RecordStore, models: list[str], record_id: str, sample_id: int) -> StoredTemplate:
    """Return the template of a stored sample.

    Raises:
        NothingToCompare: there is none of today's models.
    """
    templates = store.templates.of_records([record_id], models).get(record_id, ())
    template = next((sample for sample in templates if sample.sample_id == sample_id), None)
    if template is None:
        raise NothingToCompare("The current model has no features of this image; view the image itself.")
    return template


def readable(models: list[str], template: Template) -> Template:
    """Return a template of a search.

    Raises:
        NothingToCompare: it is of another model than today's.
    """
    if template.model not in models:
        raise NothingToCompare("The search was made by another model than today's; make it again to compare.")
    return template
