"""The recogniser on real prints, as the use cases call it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from biometrics.kernel.errors import InvalidTemplate, ModelMismatch
from biometrics.kernel.people.labels import LABEL
from biometrics.kernel.recognition.types import Template
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from index.feature_sets import FeatureSetIndex

Prints = dict[tuple[int, int], Template]


def test_templates_carry_the_model_and_stay_small(real_prints: Prints, recogniser: FingerprintRecogniser) -> None:
    for template in real_prints.values():
        assert template.modality is recogniser.modality is FINGERPRINT
        assert template.model == recogniser.model
        assert len(template.data) <= 2048


def test_every_mated_comparison_scores_above_every_non_mated_one(
    real_prints: Prints, recogniser: FingerprintRecogniser
) -> None:
    keys, templates = list(real_prints), list(real_prints.values())
    mated, non_mated = [], []
    for i, key in enumerate(keys):
        for other, score in zip(keys[:i], recogniser.compare(templates[i], templates[:i]), strict=True):
            (mated if other[0] == key[0] else non_mated).append(score)
    assert (len(mated), len(non_mated)) == (9, 27)
    assert min(mated) > 2 * max(non_mated)


def test_many_threads_get_the_same_scores(real_prints: Prints, recogniser: FingerprintRecogniser) -> None:
    templates = list(real_prints.values())
    expected = [recogniser.compare(template, templates) for template in templates]
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(lambda template: recogniser.compare(template, templates), templates * 3))
    np.testing.assert_array_equal(scores, expected * 3)


def test_features_are_those_of_the_minutiae_and_find_their_mates(
    real_prints: Prints, recogniser: FingerprintRecogniser
) -> None:
    features = {key: recogniser.features(template) for key, template in real_prints.items()}
    index = FeatureSetIndex()
    stored = [key for key in features if key[1] == 2]
    index.add(np.arange(len(stored)), [features[key] for key in stored], np.zeros(len(stored), LABEL))
    for finger in (101, 102, 103):
        assert stored[index.search(features[finger, 1], 1).ids[0]] == (finger, 2)


def test_a_template_of_another_model_is_refused(real_prints: Prints, recogniser: FingerprintRecogniser) -> None:
    ours = real_prints[101, 1]
    foreign = replace(ours, model="0" * 64)
    with pytest.raises(ModelMismatch):
        recogniser.compare(foreign, [ours])
    with pytest.raises(ModelMismatch):
        recogniser.compare(ours, [ours, foreign])
    with pytest.raises(ModelMismatch):
        recogniser.features(foreign)


def test_damaged_template_bytes_are_refused(real_prints: Prints, recogniser: FingerprintRecogniser) -> None:
    ours = real_prints[101, 1]
    with pytest.raises(InvalidTemplate):
        recogniser.compare(ours, [replace(ours, data=ours.data[:-1])])
    with pytest.raises(InvalidTemplate):
        recogniser.features(replace(ours, data=b""))
