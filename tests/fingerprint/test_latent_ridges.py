"""The ridges of latents on surfaces, as the network sees them: nearer to the finger's than what filters draw."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.network import latent_network
from fingerprint.latents.ridges import LatentRidges, seen_ridges
from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.latent import LeftLatent, leave
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.surfaces import Surface
from models.session import ModelSession

SEED = 97_000_000  # of fingers that nothing was trained on


@pytest.fixture(scope="module")
def session() -> ModelSession:
    ridges = latent_network().ridges
    assert ridges is not None
    return ridges


@pytest.fixture(scope="module")
def latents() -> list[tuple[NDArray[np.uint8], LeftLatent]]:
    made = []
    for number, kind in enumerate(Surface):
        impression = Finger.generate(SEED + number).impression(2)
        made.append((impression, leave(impression, impression, random_numbers(SEED + number, 1), kind, overlap=0)))
    return made


def agreeing(seen: RidgeMap, true: RidgeMap, within: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Count cells on which two maps agree and those of their common tiles, and the tiles of `seen` off the print."""
    theirs = {(row, column): word for row, column, word in zip(true.rows, true.columns, true.words, strict=True)}
    right = common = outside = 0
    for row, column, word in zip(seen.rows, seen.columns, seen.words, strict=True):
        if within[TILE * row : TILE * (row + 1), TILE * column : TILE * (column + 1)].mean() < 0.2:
            outside += 1
        elif (row, column) in theirs:
            right += 64 - int(word ^ theirs[row, column]).bit_count()
            common += 64
    return right, common, outside


def test_more_cells_are_right_than_by_filters_and_fewer_tiles_lie_off_the_print(
    session: ModelSession, latents: list[tuple[NDArray[np.uint8], LeftLatent]]
) -> None:
    totals = np.zeros((2, 3))
    for impression, left in latents:
        true = ridge_map(impression)
        for row, seen in enumerate((seen_ridges(session, left.pixels).ridge_map(), ridge_map(left.pixels))):
            totals[row] += agreeing(seen, true, left.part)
    (right, common, outside), (right_by_filters, common_by_filters, outside_by_filters) = totals
    assert right / common > 0.85 > right_by_filters / common_by_filters
    assert outside < 0.3 * outside_by_filters


def test_ridges_are_turned_and_stretched_with_the_image(
    session: ModelSession, latents: list[tuple[NDArray[np.uint8], LeftLatent]]
) -> None:
    seen = seen_ridges(session, latents[0][1].pixels)
    there = seen.presence > 0.5
    again = seen_ridges(session, np.ascontiguousarray(latents[0][1].pixels[::-1, ::-1])).turned()
    assert np.mean((again.ridge > 0)[there] == (seen.ridge > 0)[there]) > 0.9
    wide = seen.stretched(0.64)
    assert wide.ridge.shape == (round(seen.ridge.shape[0] * 0.8), round(seen.ridge.shape[1] / 0.8))
    assert wide.presence.mean() == pytest.approx(seen.presence.mean(), abs=0.01)


def test_a_part_is_laid_where_it_was(
    session: ModelSession, latents: list[tuple[NDArray[np.uint8], LeftLatent]]
) -> None:
    seen = seen_ridges(session, latents[0][0])
    part = seen.part(slice(2 * TILE, 10 * TILE), slice(TILE, 8 * TILE)).laid(TILE, 2 * TILE, seen.ridge.shape)
    whole, kept = seen.ridge_map(), part.ridge_map()
    words = dict(zip(zip(whole.rows, whole.columns, strict=True), whole.words, strict=True))
    assert len(kept) > 5
    assert all(
        words[row, column] == word for row, column, word in zip(kept.rows, kept.columns, kept.words, strict=True)
    )
    assert (part.drawing[: 2 * TILE] == 255).all()


def test_an_image_smaller_than_a_tile_shows_no_ridges() -> None:
    assert len(LatentRidges(*np.zeros((2, TILE - 1, 90), np.float32)).ridge_map()) == 0
