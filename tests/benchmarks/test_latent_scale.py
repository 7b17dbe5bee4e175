"""A scale of latents from made-up scores whose rarity is known, and its check on others of the same kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.search.latent_scale import LEVELS, checks_of, kinds_of, upper_share
from benchmarks.search.latent_scores import WAYS, LatentScores
from biometrics.matching.latent_scale import LatentContent, LatentScale

SETS, NAMES = (400, 100), ("large", "small")


def scores(
    seed: int, latents: int = 60, minutiae: float = 20.0, scales: Sequence[float] = (1.0, 1.0)
) -> list[LatentScores]:
    """Scores whose tails are exponential, wider with the prints of some sets, and a mate far beyond them."""
    rng = np.random.default_rng(seed)
    content = LatentContent(minutiae, marked=False)
    made = []
    for _ in range(latents):
        strangers = (
            0.001 * wider * rng.exponential(1.0, (WAYS, prints)) for wider, prints in zip(scales, SETS, strict=True)
        )
        made.append(LatentScores(content, tuple(each.astype(np.float32) for each in strangers), 0.1))
    return made


def scale_of(latents: Sequence[LatentScores]) -> LatentScale:
    about = {"format": 1, "modality": "fingerprint", "model": "ab" * 32, "network": "cd" * 32}
    return LatentScale.parse(about | {"kinds": kinds_of(latents, SETS)})


def test_the_upper_end_of_a_share() -> None:
    assert upper_share(0, 100) == pytest.approx(1.0 - 0.025**0.01)  # none of n seen: somewhat more than 3 / n
    assert upper_share(5, 100) == pytest.approx(0.1128, abs=1e-4)  # Clopper and Pearson's table
    assert upper_share(7, 7) == 1.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_strangers_of_others_do_not_reach_what_is_stated_more_often_than_that(seed: int) -> None:
    scale = scale_of(scores(seed))
    checks = checks_of(scale, scores(100 + seed, latents=200), NAMES)
    assert {check.level for check in checks} == set(LEVELS) - {40.0} == {10.0, 20.0, 30.0}
    assert all(check.holds for check in checks)
    assert all(check.mates == check.mated == 200 for check in checks)


def test_a_scale_that_claims_too_much_is_found_out() -> None:
    [kind] = kinds_of(scores(1), SETS)
    about = {"format": 1, "modality": "fingerprint", "model": "ab" * 32, "network": "cd" * 32}
    doubled = [[raw, 2.0 * decibans] for raw, decibans in kind["knots"]]
    checks = checks_of(LatentScale.parse(about | {"kinds": [kind | {"knots": doubled}]}), scores(2), NAMES)
    assert not all(check.holds for check in checks)


def test_the_prints_that_latents_resemble_most_count() -> None:
    raw = 0.008
    plain, harder = (next(iter(scale_of(scores(1, scales=scales)).kinds)) for scales in ((1.0, 1.0), (1.0, 2.0)))
    stated = [float(np.interp(raw, kind.raws, kind.decibans)) for kind in (plain, harder)]
    assert stated[1] <= stated[0]
    seen = checks_of(scale_of(scores(1, scales=(1.0, 2.0))), scores(5, scales=(1.0, 2.0)), NAMES)
    assert all(check.holds for check in seen)


def test_many_strangers_of_one_latent_weaken_what_is_stated() -> None:
    latents = scores(1)
    odd = latents[0].strangers[0].copy()
    odd[:, :200] = 0.02
    spoiled = [LatentScores(latents[0].content, (odd, latents[0].strangers[1]), 0.1), *latents[1:]]
    raw = 0.015
    before, after = (next(iter(scale_of(each).kinds)) for each in (latents, spoiled))
    assert np.interp(raw, after.raws, after.decibans) < np.interp(raw, before.raws, before.decibans) - 10.0


def test_no_scale_is_made_of_a_few_latents() -> None:
    with pytest.raises(ValueError, match="20 latents"):
        kinds_of(scores(1, latents=19), SETS)
