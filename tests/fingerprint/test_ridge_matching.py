"""What the ridges add to a comparison."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from inputs import impression_of
from straight_ridges import waves

from fingerprint.extraction.ridges import ridge_map
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.kernels.motion import Motion
from fingerprint.matching.kernels.ridge_windows import RidgeGrid, ridge_grid
from fingerprint.matching.kernels.ridges import ridge_agreement
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import RidgeParameters, SkinParameters
from fingerprint.ridge_map import NO_RIDGES, RidgeMap
from fingerprint.template import FingerprintTemplate

PRINTS = [impression_of(seed, 0) for seed in range(4)]
MAPS = [ridge_map(each) for each in PRINTS]


def motion(source: np.ndarray, target: np.ndarray, turn: float = 0.0) -> Motion:
    n = source.shape[1]
    rows = np.vstack([source, target, np.full((4, n), [[np.cos(turn)], [np.sin(turn)], [1.0], [turn]])])
    return Motion(rows.astype(np.float32), n)


def points(ridges: RidgeMap) -> np.ndarray:
    """Return some points spread over a print, y up."""
    some = slice(0, len(ridges), max(1, len(ridges) // 12))
    return np.stack([24.0 * ridges.columns[some] + 12, -24.0 * ridges.rows[some] - 12])


def agreement(probe: RidgeMap, candidate: RidgeMap, how: Motion) -> float:
    return ridge_agreement(ridge_grid(probe), ridge_grid(candidate), how, SkinParameters(), RidgeParameters())


def test_a_print_agrees_with_itself() -> None:
    for each in MAPS:
        assert agreement(each, each, motion(points(each), points(each))) > 0.8


@pytest.mark.parametrize(("turn", "dx", "dy"), [(0.0, 36, -51), (0.4, 0, 0), (-1.3, 20, 10), (3.0, -7, 5)])
def test_a_print_agrees_with_itself_turned_and_shifted(turn: float, dx: int, dy: int) -> None:
    image = np.full((700, 700), 255, np.uint8)
    height, width = PRINTS[0].shape
    image[100 : 100 + height, 100 : 100 + width] = PRINTS[0]
    how = cv2.getRotationMatrix2D((350, 350), np.degrees(turn), 1.0)
    how[:, 2] += (dx, dy)
    turned = cv2.warpAffine(image, how, (700, 700), flags=cv2.INTER_CUBIC, borderValue=255)
    first, other = ridge_map(image), ridge_map(turned)
    source = points(first)
    target = how @ np.stack([source[0], -source[1], np.ones(source.shape[1])])
    target[1] *= -1
    assert agreement(first, other, motion(source, np.ascontiguousarray(target), turn)) > 0.5


def test_ridges_of_two_fingers_agree_no_more_than_by_chance() -> None:
    for i, item in enumerate(MAPS):
        for j, other in enumerate(MAPS):
            if i != j:
                assert agreement(item, other, motion(points(item), points(item))) < RidgeParameters().chance


def test_a_motion_that_leads_nowhere_gives_no_agreement() -> None:
    here = points(MAPS[0])
    for there in (here + 5000, here * np.nan, here * 100, here * 0):
        assert agreement(MAPS[0], MAPS[1], motion(here, there)) < RidgeParameters().chance


def test_prints_without_ridges_agree_on_nothing() -> None:
    nothing = ridge_grid(NO_RIDGES)
    assert isinstance(nothing, RidgeGrid)
    here = points(MAPS[0])
    for item, other in ((NO_RIDGES, MAPS[0]), (MAPS[0], NO_RIDGES), (NO_RIDGES, NO_RIDGES)):
        assert agreement(item, other, motion(here, here)) == 0.0


def test_ridges_raise_the_score_of_mates_only() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(30, 210, (2, 30))
    plain = FingerprintTemplate(240, 240, x, y, rng.uniform(0, 6, 30), np.ones(30), np.ones(30))
    along, across = (dataclasses.replace(plain, ridges=ridge_map(waves(240, turn))) for turn in (0.5, 2.1))
    alone, raised, left = (
        match(prepare(a), [prepare(b)])[0] for a, b in ((plain, plain), (along, along), (along, across))
    )
    assert raised > 1.5 * alone
    assert left == pytest.approx(alone)
