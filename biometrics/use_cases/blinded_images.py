"""Refusing to compare, for the examiner of a case, images that show what the case is about.

A file is known by its digest (`blinding.require_no_case`). The same print in another file, saved again, cropped or
taken a second time, is known here by its score.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from biometrics.access.blinding import NOT_AGAIN, held_images
from biometrics.kernel.errors import HiddenUntilDecided
from biometrics.kernel.types import Template
from biometrics.matching.calibration import threshold_for_fmr
from biometrics.use_cases.engine import Engine

STRANGERS: Final = threshold_for_fmr(0.001)  # decibans that one in 1,000 comparisons of strangers reaches


def require_other_images(engine: Engine, templates: Iterable[Template]) -> None:
    """Refuse to compare templates, for the examiner of a case, that score above strangers with an image of the case.

    Fingers are not told apart: a print can be sent as that of another finger.

    Raises:
        HiddenUntilDecided: the actor examines such a case, and has given no opinion.
    """
    held = held_templates(engine)
    for template in templates if held else ():
        channel = engine.channels[template.modality]
        same = [other for other in held if (other.modality, other.model) == (template.modality, template.model)]
        if same:
            raw = channel.recogniser.compare(template, same)
            if channel.calibration.score(float(raw.max())).decibans >= STRANGERS:
                raise HiddenUntilDecided(NOT_AGAIN)


def held_templates(engine: Engine) -> list[Template]:
    """Return the templates of all images of the cases that the actor has taken and given no opinion on."""
    act = engine.store.act
    if act is None:
        return []
    held = held_images(engine.store.database, act)
    if not held.searches and not held.samples:
        return []
    store = engine.store.as_system("knows the files of an examiner's cases")
    probes = store.searches.probes_of(held.searches).values()
    stored = store.templates.of_records(sorted(held.samples), engine.models)
    templates = [probe.probe.template for search in probes for probe in search]
    templates += [
        template.template
        for record_id, its_templates in stored.items()
        for template in its_templates
        if template.sample_id in held.samples[record_id]
    ]
    return [template for template in templates if template.model in engine.models]
