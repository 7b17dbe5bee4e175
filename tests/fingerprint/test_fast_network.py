"""The fast extractor reads a clear print reduced, and any other as LEADER reads it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from inputs import impression_of

from biometrics.imaging.image import decode, grey_png
from biometrics.kernel.errors import ModelMismatch
from fingerprint.extraction.fast import FastNetwork
from fingerprint.extraction.leader import Detections, MinutiaNetwork, detect
from fingerprint.identity import NETWORK, REDUCED
from fingerprint.parameters import MIN_QUALITY, SAME_DIRECTION, SAME_PLACE
from fingerprint.recogniser import FingerprintRecogniser
from models.registry import ModelRegistry

PRINT = impression_of(3, 0)


class Counted:
    """A network, which counts the pixels that it is shown."""

    def __init__(self, network: MinutiaNetwork) -> None:
        self.network = network
        self.pixels: list[int] = []

    def run(self, **feeds: np.ndarray) -> list[np.ndarray]:
        self.pixels.append(feeds["input"].size)
        return self.network.run(**feeds)


@pytest.fixture
def leader(registry: ModelRegistry) -> Counted:
    return Counted(registry.open_session(NETWORK))


@pytest.fixture
def fast(registry: ModelRegistry, leader: Counted) -> FastNetwork:
    return FastNetwork(Counted(registry.open_session(REDUCED)), leader)


def found_again(first: Detections, other: Detections) -> float:
    """Return the share of `first` that is among `other`."""
    near = np.hypot(first.x[:, None] - other.x, first.y[:, None] - other.y) <= SAME_PLACE
    turn = np.abs(np.angle(np.exp(1j * (first.direction[:, None] - other.direction))))
    return float((near & (turn <= SAME_DIRECTION)).any(axis=1).mean())


def test_a_clear_print_is_read_reduced(fast: FastNetwork, leader: Counted) -> None:
    found = detect(fast, PRINT, MIN_QUALITY)
    assert leader.pixels == []
    whole = detect(leader, PRINT, MIN_QUALITY)
    assert min(found_again(whole, found), found_again(found, whole)) > 0.8


def test_a_print_in_a_corner_has_its_minutiae_there(fast: FastNetwork, leader: Counted) -> None:
    wide = np.pad(PRINT, ((200, 0), (0, 150)), constant_values=255)
    own, moved = (detect(fast, each, MIN_QUALITY) for each in (PRINT, wide))
    assert leader.pixels == []
    shifted = Detections(own.x, own.y + 200, own.direction, own.quality, own.type)
    assert found_again(shifted, moved) > 0.9


@pytest.mark.parametrize(
    "poor",
    [
        cv2.GaussianBlur(PRINT, (0, 0), 3.0),
        PRINT[100:220, 100:220].copy(),
        np.full((200, 200), 255, np.uint8),
    ],
    ids=["blurred", "a part", "empty"],
)
def test_a_poor_print_is_read_as_leader_reads_it(fast: FastNetwork, leader: Counted, poor: np.ndarray) -> None:
    found, whole = detect(fast, poor, MIN_QUALITY), detect(leader, poor, MIN_QUALITY)
    for name in ("x", "y", "direction", "quality", "type"):
        assert np.array_equal(getattr(found, name), getattr(whole, name))


def test_its_templates_are_those_of_another_model(registry: ModelRegistry) -> None:
    usual, fast = FingerprintRecogniser(registry), FingerprintRecogniser(registry, network=REDUCED)
    assert usual.model != fast.model
    assert usual.feature_space != fast.feature_space
    image = decode(grey_png(PRINT))
    with pytest.raises(ModelMismatch):
        usual.compare(usual.extract(image), [fast.extract(image)])
