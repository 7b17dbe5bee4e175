"""Detections are the network's minutiae, in the image's own pixels."""

from __future__ import annotations

import numpy as np
import pytest
from inputs import print_of

from biometrics.imaging.image import decode
from fingerprint.extraction.leader import detect
from fingerprint.template import MAX_MINUTIAE, MinutiaType
from models.registry import ModelRegistry

MIN_QUALITY = 0.35


class MadeUp:
    """A network that finds what it is told to, for what no print shows."""

    def __init__(self, minutiae: list[list[float]]) -> None:
        self.minutiae = np.array(minutiae, dtype=np.float32).reshape(-1, 6)
        self.shape: tuple[int, ...] = ()

    def run(self, **feeds: np.ndarray) -> list[np.ndarray]:
        self.shape = feeds["input"].shape
        return [self.minutiae]


def test_a_print_larger_by_white_rows_has_its_minutiae_further_down(registry: ModelRegistry) -> None:
    """Coordinates are those of the image, however it was filled up to multiples of 32."""
    session, pixels = registry.open_session("leader"), decode(print_of(0, "right_thumb", 0)).grey()
    result = detect(session, pixels, MIN_QUALITY)
    moved = detect(session, np.pad(pixels, ((64, 0), (32, 0)), constant_values=255), MIN_QUALITY)
    apart = np.hypot(result.x[:, None] + 32 - moved.x, result.y[:, None] + 64 - moved.y).min(axis=1)
    assert len(apart) > 20
    assert np.mean(apart < 2) > 0.9  # pixels; more white around changes a few of little quality


def test_minutiae_in_the_filling_are_left_out() -> None:
    """An image of 30 x 30 gets a pixel on each side."""
    network = MadeUp([[0, 5, 1, 0, 0, 0.9], [1, 1, 1, 0, 0, 0.9], [30, 30, 1, 0, 0, 0.9], [31, 5, 1, 0, 0, 0.9]])
    result = detect(network, np.zeros((30, 30), dtype=np.uint8), MIN_QUALITY)
    assert network.shape == (1, 32, 32, 1)
    assert (result.x.tolist(), result.y.tolist()) == ([0, 29], [0, 29])


def test_the_best_are_kept_in_reading_order() -> None:
    qualities = np.linspace(0.9, 0.4, 2 * MAX_MINUTIAE)[np.random.default_rng(1).permutation(2 * MAX_MINUTIAE)]
    network = MadeUp([[i // 32, i % 32, 1, 0, 0, quality] for i, quality in enumerate(qualities)])
    result = detect(network, np.zeros((32, 32), dtype=np.uint8), MIN_QUALITY)
    assert len(result.x) == MAX_MINUTIAE
    assert result.quality.min() > np.float32(np.sort(qualities)[MAX_MINUTIAE - 1])
    assert np.all(np.diff(32 * result.y + result.x) > 0)


@pytest.mark.parametrize(
    ("cosine", "sine", "logit", "direction", "kind"),
    [
        (0.5, 0.0, 0.1, 0.0, MinutiaType.ENDING),
        (0.0, 2.0, -0.1, np.pi / 2, MinutiaType.BIFURCATION),
        (-0.3, -0.3, 3.0, -3 * np.pi / 4, MinutiaType.ENDING),
    ],
)
def test_direction_and_type_are_read_off(
    cosine: float, sine: float, logit: float, direction: float, kind: MinutiaType
) -> None:
    network = MadeUp([[3, 4, cosine, sine, logit, 1.2]])
    result = detect(network, np.zeros((32, 32), dtype=np.uint8), MIN_QUALITY)
    assert result.direction[0] == pytest.approx(direction)
    assert (result.type[0], result.quality[0]) == (kind, 1.0)
