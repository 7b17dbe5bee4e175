"""What an examiner may not compare: files of a case that they hold, also saved again, as known by what is in them."""

from __future__ import annotations

from collections.abc import Iterable

from biometrics.domain.errors import HiddenUntilDecided
from biometrics.domain.types import Template
from biometrics.matching.engine import Engine
from biometrics.records.searches.blinding import NOT_AGAIN, held_images


def require_other_images(engine: Engine, templates: Iterable[Template]) -> None:
    """Refuse to compare images for the examiner of a case about one of them.

    A file is known by its digest (`blinding.require_no_case`). One that was saved again without loss, as the pages show
    every image, gives the very same template, by which it is known here.

    Raises:
        HiddenUntilDecided: the actor examines such a case, and has given no opinion.
    """
    act = engine.store.act
    if act is None:
        return
    held = held_images(engine.store.database, act)
    if not held.searches and not held.samples:
        return
    store = engine.store.for_service()
    probes = store.searches.probes_of(held.searches).values()
    stored = store.templates.of_records(sorted(held.samples), engine.models)
    known = {probe.probe.template.data for search in probes for probe in search}
    known |= {
        stored_template.template.data
        for record_id, its_templates in stored.items()
        for stored_template in its_templates
        if stored_template.sample_id in held.samples[record_id]
    }
    if any(template.data in known for template in templates):
        raise HiddenUntilDecided(NOT_AGAIN)
