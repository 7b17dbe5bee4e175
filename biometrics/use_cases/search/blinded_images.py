"""Refusing to compare, for the examiner of a case, images that show what the case is about.

A file is known by its digest (`blinding.require_no_case`). The same print in another file, saved again, cropped or
taken a second time, is known here by its score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from biometrics.access.blinding import NOT_AGAIN, HeldImages, held_images, images_of_case, searches_shown
from biometrics.kernel.access import Act
from biometrics.kernel.errors import HiddenUntilDecided
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import threshold_for_fmr, threshold_for_fpir
from biometrics.matching.channel import Channel
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine

STRANGERS: Final = threshold_for_fmr(0.001)  # decibans that one in 1,000 comparisons of strangers reaches
NOT_COMPARABLE: Final = (
    "You examine a case of which an image has not been read by the model in force, so that this file cannot be told "
    "from it: a score could sway you. Decide first, or give the case back."
)
MOST_SEARCHES: Final = 100  # of an examiner, that are compared with a case when they take it
BY_CHANCE: Final = 0.01  # the share of examiners who are taken to be informed and are not, at most


def require_other_images(engine: Engine, templates: Iterable[Template]) -> None:
    """Refuse to compare templates, for the examiner of a case, that score above strangers with an image of the case.

    Finger positions are ignored: a print can be sent as that of another finger.

    Raises:
        HiddenUntilDecided: the actor examines such a case, and has given no opinion; or an image of it has no template
            of the same model.
    """
    images = _held_images(engine)
    for template in templates if images else ():
        same = _by_model(images, template.modality, template.model)
        channel = engine.channel_of(template.model)
        if channel is not None and same:
            raw = channel.recogniser.compare(template, same)
            if channel.is_same(float(raw.max()), STRANGERS):
                raise HiddenUntilDecided(NOT_AGAIN)


def _by_model(images: Sequence[Sequence[Template]], modality: Modality, model: str) -> list[Template]:
    templates = []
    for of_image in images:
        if of_image and of_image[0].modality is modality:
            if (template := next((version for version in of_image if version.model == model), None)) is None:
                raise HiddenUntilDecided(NOT_COMPARABLE)
            templates.append(template)
    return templates


def _held_images(engine: Engine) -> list[list[Template]]:
    act = engine.store.act
    if act is None:
        return []
    images = held_images(engine.store.database, act)
    if not images.searches and not images.samples:
        return []
    return _images_of(engine.store, list(engine.by_model), images)


def has_searched_alike(store: RecordStore, channels: Mapping[str, Channel], act: Act, case_id: str) -> bool:
    """Return whether the actor was shown a search of late with a print or photo like an image of a case, by its id.

    Only the MOST_SEARCHES that they made, read or replayed last are looked at. So that an examiner with many searches
    is not taken to be informed by chance, of 100 who saw none about the people of the case at most one is.
    """
    search_ids = searches_shown(store.database, act, MOST_SEARCHES)
    if not search_ids or not channels:
        return False
    models = list(channels)
    case_templates = _templates(store, models, images_of_case(store.database, case_id))
    probes = _templates(store, models, HeldImages(frozenset(search_ids), {}))
    same = [[other for other in probes if other.model == one.model] for one in case_templates]
    threshold = max(STRANGERS, threshold_for_fpir(BY_CHANCE, sum(map(len, same))))
    for template, comparable in zip(case_templates, same, strict=True):
        channel = channels[template.model]
        if comparable:
            raw = channel.recogniser.compare(template, comparable)
            if channel.is_same(float(raw.max()), threshold):
                return True
    return False


def _images_of(store: RecordStore, models: Sequence[str], images: HeldImages) -> list[list[Template]]:
    """Return the templates of each image: those of a probe by all models, those of a sample by some."""
    store = store.as_system("knows the files of an examiner's cases")
    probes = store.searches.probes_of(images.searches).values()
    samples: defaultdict[int, list[Template]] = defaultdict(list)
    for record_id, stored in store.templates.of_records(sorted(images.samples), models).items():
        for template in stored:
            if template.sample_id in images.samples[record_id]:
                samples[template.sample_id].append(template.template)
    return [*(list(probe.templates) for search in probes for probe in search), *samples.values()]


def _templates(store: RecordStore, models: Sequence[str], images: HeldImages) -> list[Template]:
    return [
        template for of_image in _images_of(store, models, images) for template in of_image if template.model in models
    ]
