"""Generated prints are to the real extractor and matcher what real prints are."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.imaging.image import Image
from biometrics.kernel.recognition.types import Template
from fingerprint.codec import decode
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.synthetic import Finger

FINGERS, IMPRESSIONS = 5, 2


@pytest.fixture(scope="module")
def templates(recogniser: FingerprintRecogniser) -> list[list[Template]]:
    fingers = [Finger.generate(seed) for seed in range(FINGERS)]
    return [
        [recogniser.extract(Image(finger.impression(seed), 500.0, "image/png")) for seed in range(IMPRESSIONS)]
        for finger in fingers
    ]


@pytest.mark.slow
def test_generated_prints_have_as_many_minutiae_as_real_ones(templates: list[list[Template]]) -> None:
    counts = [len(decode(template.data)) for impressions in templates for template in impressions]
    assert 30 <= np.median(counts) <= 60
    assert min(counts) >= 18
    assert max(counts) <= 80


@pytest.mark.essential
def test_mates_score_far_above_non_mates(recogniser: FingerprintRecogniser, templates: list[list[Template]]) -> None:
    first, second = zip(*templates, strict=True)
    scores = np.stack([recogniser.compare(probe, first) for probe in second])
    mated = np.eye(FINGERS, dtype=bool)
    assert scores[mated].min() > 2 * scores[~mated].max()
    assert scores[mated].max() < 0.6, "two impressions of a finger are never that alike"
