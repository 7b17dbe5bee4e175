"""Several probes of one sample: each is compared with what the index names for any of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest
from calibrations import made_calibration
from numpy.typing import NDArray

from biometrics.kernel.labels import Label
from biometrics.kernel.observing import UNOBSERVED
from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import FingerPosition, Probe, Template
from biometrics.matching.channel import Channel
from biometrics.matching.gallery import Gallery
from biometrics.matching.ports import Hits, Recogniser
from biometrics.matching.ranking import Matching, Ranking
from fingerprint.modality import FINGERPRINT

MODEL = "ab" * 32
UPRIGHT, TURNED = b"upright", b"turned"
MATE, STRANGER, OTHER = 1, 2, 3
NAMED = {UPRIGHT: [STRANGER, OTHER], TURNED: [MATE, OTHER]}  # the index finds the mate in the wrong orientation
SCORES = {(UPRIGHT, MATE): 0.35, (UPRIGHT, STRANGER): 0.2, (TURNED, MATE): 0.05, (TURNED, STRANGER): 0.1}


class _Prints:
    """Prints whose likeness is known, and an index that names those of `NAMED`."""

    model = MODEL
    modality = FINGERPRINT

    def features(self, template: Template) -> bytes:
        return template.data

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        return np.array([SCORES.get((probe.data, int(each.data)), 0.0) for each in candidates])

    def search_all(self, wanted: Sequence[tuple[Any, Any]], hits: int, pool: Executor) -> list[Hits]:
        named = [np.array(NAMED[features][:hits], np.int64) for features, _ in wanted]
        return [Hits(ids, ids, np.arange(len(ids), 0, -1).astype(np.float32)) for ids in named]

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        return [_stored(int(number)) for number in ids]

    def of_records(self, record_ids: Sequence[str], models: Collection[str]) -> dict[str, list[StoredTemplate]]:
        assert MODEL in models
        return {record_id: [_stored(int(record_id))] for record_id in record_ids}


def _stored(number: int) -> StoredTemplate:
    template = Template(FINGERPRINT, MODEL, str(number).encode(), None)
    return StoredTemplate(number, number, str(number), FingerPosition.UNKNOWN, template, cast(Label, None))


@dataclass(frozen=True)
class _Latent:
    matching: Matching
    probes: tuple[Probe, ...]


@pytest.fixture
def latent() -> _Latent:
    prints = _Prints()
    scale = made_calibration(FINGERPRINT, MODEL, [(0.0, 0.0), (0.4, 40.0)], 0.1)
    channel = Channel(cast(Recogniser, prints), cast(Gallery, prints), scale)
    matching = Matching({FINGERPRINT: channel}, prints, ThreadPoolExecutor(2), UNOBSERVED)
    templates = [Template(FINGERPRINT, MODEL, way, None) for way in (UPRIGHT, TURNED)]
    return _Latent(matching, tuple(Probe(template, FingerPosition.UNKNOWN) for template in templates))


def test_a_mate_that_the_index_names_for_the_wrong_orientation_is_compared_in_its_own(latent: _Latent) -> None:
    ranked = Ranking(10, 20).of_any(latent.matching, latent.probes)
    assert [record_id for record_id, _ in ranked] == ["1", "2", "3"]
    [(_, mate), *_] = ranked
    assert mate.samples[0].probe.template.data == UPRIGHT


def test_a_search_that_was_stored_before_is_answered_as_it_was(latent: _Latent) -> None:
    ranked = Ranking(10, 20, every_way=False).of_any(latent.matching, latent.probes)
    assert next(record_id for record_id, _ in ranked) == "2"
