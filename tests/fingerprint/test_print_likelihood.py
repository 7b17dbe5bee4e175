"""Prints are told from other things with lines, also of kinds that were not trained on."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.training.textures.checked import CHECKED
from benchmarks.training.textures.texture import texture
from benchmarks.training.textures.trained import TRAINED
from biometrics.imaging.image import Image
from biometrics.kernel.errors import TooFewMinutiae
from fingerprint.extraction.extractor import extract
from fingerprint.extraction.print_likelihood import print_likelihood
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.sensors import SENSORS
from models.registry import ModelRegistry


@pytest.mark.parametrize("name", SENSORS)
def test_a_print_is_most_likely_one_on_every_sensor(name: str) -> None:
    sensor = SENSORS[name]
    assert print_likelihood(Finger.generate(5).impression(1, sensor.capture, sensor.look)) > 0.9


def test_textures_of_kinds_that_were_not_trained_on_are_hardly_prints() -> None:
    assert not TRAINED.keys() & CHECKED.keys()
    likelihoods = [print_likelihood(texture(kind, np.random.default_rng(seed))) for kind in CHECKED for seed in (1, 2)]
    assert np.mean(np.array(likelihoods) < 0.1) > 0.8


def test_a_texture_that_the_network_takes_for_a_print_is_refused(
    recogniser: FingerprintRecogniser, registry: ModelRegistry
) -> None:
    image = Image(texture("herringbone", np.random.default_rng(1)), 500.0, "image/png")
    assert len(extract(image, registry.open_session("leader"))) > 10
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(image)


def test_an_image_of_one_pixel_or_without_contrast_is_no_print() -> None:
    for shape in ((1, 1), (300, 300)):
        assert print_likelihood(np.full(shape, 200, np.uint8)) < 0.5
