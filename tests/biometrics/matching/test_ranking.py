"""Several probes of one sample: each is compared with what the index names for any of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pytest
from calibrations import made_calibration
from numpy.typing import NDArray

from biometrics.kernel.people.labels import Label
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.observing import UNOBSERVED
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.matching.channel import Channel
from biometrics.matching.gallery import Gallery
from biometrics.matching.latent_scale import LatentContent, LatentScale
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

    def __len__(self) -> int:
        return len({MATE, STRANGER, OTHER})

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
    ranked = Ranking(10, 20, all_up_to=0, is_latent=True).rank(latent.matching, latent.probes)
    assert [record_id for record_id, _ in ranked] == ["1", "2", "3"]
    [(_, mate), *_] = ranked
    assert mate.samples[0].probe.template.data == UPRIGHT


@pytest.mark.parametrize(("all_up_to", "first"), [(3, "1"), (2, "2")])
def test_a_latent_is_compared_with_all_templates_where_they_are_few(
    latent: _Latent, monkeypatch: pytest.MonkeyPatch, all_up_to: int, first: str
) -> None:
    monkeypatch.setitem(NAMED, UPRIGHT, [STRANGER, OTHER, MATE])
    ranked = Ranking(10, 1, all_up_to=all_up_to, is_latent=True).rank(latent.matching, latent.probes[:1])
    assert ranked[0][0] == first


class _LatentPrints(_Prints):
    """The same, by a recogniser that reads latents."""

    latent_network = "cd" * 32

    def extract_latent_both_ways(self, image: object, region: object = None) -> dict[bool, Template]:
        raise NotImplementedError

    def of_marks(self, marks: Template) -> Template:
        raise NotImplementedError

    def first_look(self, latent: Template) -> Template:
        return latent

    def __init__(self, minutiae: int = 20) -> None:
        self.of_turned = LatentContent(minutiae, marked=False)

    def latent_content(self, template: Template) -> LatentContent:
        return self.of_turned if template.data == TURNED else LatentContent(20.0, marked=False)


class _TwoLooks(_LatentPrints):
    """The same, where the stranger is most similar to the latent at a first look."""

    def first_look(self, latent: Template) -> Template:
        return replace(latent, data=b"first look")

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        if probe.data == b"first look":
            return np.array([{MATE: 0.1, STRANGER: 0.3}.get(int(each.data), 0.0) for each in candidates])
        return super().compare(probe, candidates)


def test_what_is_most_similar_at_a_first_look_is_compared_in_full(
    latent: _Latent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biometrics.matching.ranking.AFTER_FIRST_LOOK", 2)
    [channel] = latent.matching.channels.values()
    channels = {FINGERPRINT: replace(channel, recogniser=cast(Recogniser, _TwoLooks()))}
    ranked = Ranking(10, 20, all_up_to=0, is_latent=True).rank(
        replace(latent.matching, channels=channels), latent.probes
    )
    expected = Ranking(10, 20, is_latent=True).rank(latent.matching, latent.probes)
    assert [(who, one.score) for who, one in ranked] == [(who, one.score) for who, one in expected[:2]]


def _stated_by(latent: _Latent, knots: list[list[float]], turned: int = 20) -> _Latent:
    """Give it a scale, and one of ten times as many decibans to latents of 41 to 80 minutiae, of which `turned` may be.

    Those with more have none.
    """
    more = [[raw, 10.0 * decibans] for raw, decibans in knots]
    kinds = [
        {"marked": False, "minutiae": minutiae, "latents": 1, "prints": 500, "knots": its, "tops": [0.3]}
        for minutiae, its in (([12, 40], knots), ([41, 80], more))
    ]
    about = {"format": 1, "modality": "fingerprint", "model": MODEL, "network": "cd" * 32, "kinds": kinds}
    prints, [channel] = _LatentPrints(turned), latent.matching.channels.values()
    scaled = replace(channel, recogniser=cast(Recogniser, prints), latent_scale=LatentScale.parse(about))
    return replace(latent, matching=replace(latent.matching, channels={FINGERPRINT: scaled}))


def test_a_scale_of_latents_states_the_rarity_and_leaves_the_order(latent: _Latent) -> None:
    scaled = _stated_by(latent, [[0.0, 0.0], [0.3, 30.0], [0.4, 40.0]])
    before = Ranking(10, 20, is_latent=True).rank(latent.matching, latent.probes)
    after = Ranking(10, 20, is_latent=True).rank(scaled.matching, scaled.probes)
    assert [(who, one.score.decibans) for who, one in before] == [(who, one.score.decibans) for who, one in after]
    [(_, mate), (_, stranger), _] = after
    assert mate.score.evidence.decibans == pytest.approx(35.0 - 3.0, abs=0.1)  # the better of two orientations
    assert [one.score.seen.reached for one in (mate, stranger) if one.score.seen] == [0, 1]
    assert not any(one.score.calibrated for _, one in before)


def test_a_list_is_in_the_order_of_what_it_states(latent: _Latent) -> None:
    scaled = _stated_by(latent, [[0.0, 0.0], [0.4, 10.0]], turned=60)
    ranked = Ranking(10, 20, is_latent=True).rank(scaled.matching, scaled.probes)
    stated = [person.score.evidence.decibans for _, person in ranked]
    assert [record_id for record_id, _ in ranked] == ["2", "1", "3"]  # the stranger is rare by the second probe's scale
    assert stated == sorted(stated, reverse=True)


def test_a_list_of_probes_with_and_without_a_scale_is_in_the_order_of_what_it_states(latent: _Latent) -> None:
    scaled = _stated_by(latent, [[0.0, 0.0], [0.4, 10.0]], turned=90)  # of the second probe no scale fits
    ranked = Ranking(10, 20, is_latent=True).rank(scaled.matching, scaled.probes)
    stated = [person.score.evidence.decibans for _, person in ranked]
    assert stated == sorted(stated, reverse=True)


def test_no_latent_states_more_than_one_whole_print_does(latent: _Latent) -> None:
    scaled = _stated_by(latent, [[0.0, 0.0], [0.3, 70.0]])
    [(_, mate), *_] = Ranking(10, 20, is_latent=True).rank(scaled.matching, scaled.probes)
    [channel] = latent.matching.channels.values()
    assert mate.score.evidence.decibans == channel.calibration.bound < 70.0
    assert mate.score.evidence.capped
