"""A calibration that is learned from strangers claims what they show, and says how sure that is."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.matching.gallery_scale import (
    Comparisons,
    digest_of,
    learn,
    read_scale,
    written_scale,
)
from biometrics.matching.teaching import BLOCKS, NotLearnable
from face.modality import FACE
from tests.support.calibrations import made_calibration

pytestmark = pytest.mark.slow

A_NATURAL = 10 / np.log(10)
# A raw score is its shipped decibans; the data of the shipped scale support 40.
SHIPPED = made_calibration(FACE, "m" * 64, [(float(at), float(at)) for at in range(41)], A_NATURAL)


def gallery(people: int, slope: float = 1.0, seed: int = 0, each: int = 4) -> list[Comparisons]:
    """Make five blocks of so many strangers whose true decibans are `slope` times the shipped ones."""
    return [block(people, slope, BLOCKS * seed + place, each) for place in range(BLOCKS)]


def block(people: int, slope: float = 1.0, seed: int = 0, each: int = 4) -> Comparisons:
    """Make strangers of one block."""
    pairs = np.repeat(np.stack(np.triu_indices(people, 1), axis=1), each, axis=0)
    true = np.random.default_rng(seed).exponential(A_NATURAL, len(pairs))
    return Comparisons(true / slope, pairs)


def seen(people: Comparisons, of: dict[str, object], claimed: float) -> float:
    """Return the decibans that strangers show at a claim of a learned scale."""
    scale = read_scale(written_scale(of))
    share = np.mean([scale.score(float(raw)).decibans >= claimed for raw in people.scores])
    return float(-10 * np.log10(share))


@pytest.mark.parametrize("slope", [0.8, 1.0, 1.4])
def test_strangers_show_what_is_claimed_from_25_people_on(slope: float) -> None:
    content = learn(SHIPPED, gallery(25, slope, each=10))
    others = block(60, slope, seed=99)
    assert content["weight"] == 1.0
    for claimed in (10.0, 20.0):
        assert -2.0 <= seen(others, content, claimed) - claimed <= 3.0


def test_few_people_may_lower_a_claim_and_not_raise_it() -> None:
    """Ten people: where strangers are rarer than claimed, the shipped scale stays; where they are not, it goes."""
    cautious, bold = (read_scale(written_scale(learn(SHIPPED, gallery(10, slope, each=10)))) for slope in (1.4, 0.7))
    for raw in (5.0, 10.0, 20.0, 60.0):
        assert cautious.score(raw).decibans <= raw + 1e-6
        assert bold.score(raw).decibans < raw


def test_half_way_to_25_people_half_of_the_difference_counts() -> None:
    content = learn(SHIPPED, gallery(17, 1.4, each=20))
    assert content["weight"] == pytest.approx(7 / 15, abs=1e-4)


def test_the_low_end_is_stated_and_lies_lower_the_fewer_people_there_are() -> None:
    few, many = (read_scale(written_scale(learn(SHIPPED, gallery(n, 1.4, each=2)))) for n in (26, 120))
    for scale in (few, many):
        for raw in (2.0, 8.0, 15.0, 25.0):
            score = scale.score(raw)
            assert score.low <= score.decibans <= score.high
            assert score.evidence.decibans <= score.low
    assert few.score(8.0).decibans - few.score(8.0).low > many.score(8.0).decibans - many.score(8.0).low


def test_scores_supported_by_the_shipped_scale_stay_supported() -> None:
    """Thirty people support little by themselves; the shipped scale supports 40 decibans, and says no more."""
    scale = read_scale(written_scale(learn(SHIPPED, gallery(30, 1.4, each=2))))
    assert scale.bound == pytest.approx(40.0, abs=0.2)
    assert scale.score(500.0).evidence.decibans <= scale.bound
    assert scale.score(500.0).evidence.capped


def test_where_people_resemble_each_other_the_shipped_bound_is_lowered() -> None:
    scale = read_scale(written_scale(learn(SHIPPED, gallery(60, 0.7))))
    assert scale.bound < 30.0


def test_unknown_duplicates_are_left_out() -> None:
    """Three of thirty people of each block are on record twice: their pairs score as mates do."""
    compared = gallery(30, 1.0, each=6)
    clean = read_scale(written_scale(learn(SHIPPED, compared)))
    content = learn(SHIPPED, [with_duplicates(each) for each in compared])
    assert content["left_out"] == 3 * BLOCKS
    spoilt = read_scale(written_scale(content))
    for raw in (10.0, 20.0, 30.0):
        assert spoilt.score(raw).decibans == pytest.approx(clean.score(raw).decibans, abs=1.0)


def with_duplicates(compared: Comparisons) -> Comparisons:
    mates = np.isin(compared.people[:, 0], [0, 4, 8]) & (compared.people[:, 1] == compared.people[:, 0] + 1)
    return Comparisons(np.where(mates, 150.0, compared.scores), compared.people)


@pytest.mark.parametrize("attack", ["a pile of samples that are alike", "samples like nothing", "copies of strangers"])
def test_a_source_that_holds_half_of_a_block_hardly_moves_what_is_stated(attack: str) -> None:
    """A tenth of all people are crafted: half of one block of five."""
    honest = gallery(60, 1.25, each=6)
    clean = read_scale(written_scale(learn(SHIPPED, honest)))
    spoilt = [with_planted(honest[0], attack), *honest[1:]]
    attacked = read_scale(written_scale(learn(SHIPPED, spoilt)))
    for raw in (10.0, 20.0, 30.0):
        moved = attacked.score(raw).evidence.decibans - clean.score(raw).evidence.decibans
        assert abs(moved) <= 1.0
    whole = learn(SHIPPED, [with_planted(each, attack) for each in honest])
    assert attack == "samples like nothing" or read_scale(written_scale(whole)).score(20.0).decibans < 15.0


def with_planted(compared: Comparisons, attack: str) -> Comparisons:
    """Replace the comparisons of half of the people."""
    planted = compared.people % 2 == 0
    both, any_one = planted.all(axis=1), planted.any(axis=1)
    rng = np.random.default_rng(7)
    if attack == "a pile of samples that are alike":
        scores = np.where(both, rng.uniform(20.0, 45.0, len(both)), compared.scores)
    elif attack == "samples like nothing":
        scores = np.where(any_one, 0.0, compared.scores)
    else:
        copied = any_one & (rng.random(len(both)) < 0.05)
        scores = np.where(copied, rng.uniform(20.0, 45.0, len(both)), compared.scores)
    return Comparisons(scores, compared.people)


def test_the_same_comparisons_give_the_same_scale() -> None:
    text = written_scale(learn(SHIPPED, gallery(40)))
    assert text == written_scale(learn(SHIPPED, gallery(40)))
    assert read_scale(text).digest == digest_of(text)


def test_a_scale_holds_no_score_of_anybody() -> None:
    """All raw scores in it are knots of the shipped scale."""
    compared = gallery(40)
    content = learn(SHIPPED, compared)
    raws = {knot[0] for knot in content["knots"]} | {content["supported"]}
    assert raws <= set(SHIPPED.curve.raws.tolist())


@pytest.mark.parametrize("people", [1, 4])
def test_too_few_people_teach_nothing(people: int) -> None:
    few = block(people, each=50) if people > 1 else Comparisons(np.empty(0), np.empty((0, 2), int))
    with pytest.raises(NotLearnable):
        learn(SHIPPED, [*gallery(30)[1:], few])


def test_scores_that_do_not_vary_teach_nothing() -> None:
    compared = block(30)
    with pytest.raises(NotLearnable):
        learn(SHIPPED, [Comparisons(np.zeros(len(compared.scores)), compared.people)] * BLOCKS)
