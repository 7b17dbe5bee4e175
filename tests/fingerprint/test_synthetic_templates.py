"""Templates made without images are to the matcher what real ones are."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint.codec import encode
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.matcher import match
from fingerprint.synthetic import SENSORS, Finger, mate, synthetic_template
from fingerprint.synthetic.latent import as_latent
from fingerprint.template import FingerprintTemplate

FINGERS = 40


@pytest.fixture(scope="module")
def templates() -> list[FingerprintTemplate]:
    return [synthetic_template(seed) for seed in range(FINGERS)]


def test_a_seed_gives_one_template_and_another_seed_another(templates: list[FingerprintTemplate]) -> None:
    assert encode(synthetic_template(3)) == encode(templates[3])
    assert len({encode(template) for template in templates}) == FINGERS


def test_a_template_has_as_many_minutiae_as_a_plain_print_and_none_on_another(
    templates: list[FingerprintTemplate],
) -> None:
    assert 32 <= np.median([len(template) for template in templates]) <= 48
    for template in templates:
        apart = np.hypot(template.x[:, None] - template.x, template.y[:, None] - template.y)
        assert apart[~np.eye(len(template), dtype=bool)].min() > 8


def test_mates_score_above_non_mates(templates: list[FingerprintTemplate]) -> None:
    prepared = [prepare(template) for template in templates]
    mates = [prepare(mate(template, 1)) for template in templates]
    scores = np.stack([match(probe, prepared) for probe in mates])
    mated = np.eye(FINGERS, dtype=bool)
    assert np.median(scores[mated]) > 3 * np.quantile(scores[~mated], 0.99)


def test_a_mate_depends_on_its_source_and_its_seed(templates: list[FingerprintTemplate]) -> None:
    assert encode(mate(templates[0], 1)) == encode(mate(templates[0], 1))
    assert encode(mate(templates[0], 1)) != encode(mate(templates[0], 2))
    assert len(mate(mate(templates[0], 1), 2)) > 0


def test_each_sensor_shows_one_touch_in_its_own_way() -> None:
    finger = Finger.generate(4)
    shown = [finger.impression(1, sensor.capture, sensor.look) for sensor in SENSORS.values()]
    darkness = [float(image[150:250, 110:190].mean()) for image in shown]
    assert len(shown) == 5
    assert darkness[list(SENSORS).index("capacitive-wet")] < darkness[0] < darkness[list(SENSORS).index("optical-dry")]


def test_a_latent_has_less_contrast_than_its_impression() -> None:
    impression = Finger.generate(4).impression(1)
    latent = as_latent(impression, np.random.default_rng(1))
    assert latent.shape == impression.shape
    assert latent.std() < 0.7 * impression.std()
