"""The table of claims against what strangers show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.calibration.claimed_rates import CLAIMED, group_rows, rate_rows
from benchmarks.calibration.fitting import NonMated
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, groups_of, of_some_subjects, read_strangers
from face.modality import FACE

SUBJECTS = 200


def comparisons(factor: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return decibans that claim `factor` times what they should, and the subjects of each comparison."""
    pairs = np.stack(np.triu_indices(SUBJECTS, 1), axis=1)
    return factor * np.random.default_rng(seed).exponential(10 / np.log(10), len(pairs)), pairs


def test_a_true_scale_shows_what_it_claims_within_its_interval() -> None:
    rows = rate_rows("set", FACE, "shipped", *comparisons(1.0))
    assert [row.claimed for row in rows] == list(CLAIMED)
    for row in rows[:3]:
        assert row.seen == pytest.approx(row.claimed, abs=1.5)
        assert row.low <= row.seen
        assert row.high is None or row.high >= row.seen
        assert (row.set, row.scale, row.pairs) == ("set", "shipped", SUBJECTS * (SUBJECTS - 1) // 2)


def test_a_scale_that_claims_too_much_is_shown() -> None:
    decibans, subjects = comparisons(1.25)
    shipped = rate_rows("set", FACE, "shipped", decibans, subjects)
    assert [row.seen for row in shipped[:3]] == pytest.approx([8.0, 16.0, 24.0], abs=1.0)


def test_a_score_that_nobody_reached_has_only_a_bound() -> None:
    """None of 199 x 100 comparisons reaches it; only 100 of them share no subject."""
    decibans, subjects = comparisons(0.0)
    row = rate_rows("set", FACE, "shipped", decibans, subjects)[0]
    assert (row.seen, row.high) == (None, None)
    assert row.low == pytest.approx(-10 * np.log10(3 / (SUBJECTS // 2)))
    assert row.content()["seen"] is None


def test_groups_are_compared_among_themselves() -> None:
    decibans, pairs = comparisons(1.0)
    women = (pairs % 2 == 0).all(axis=1)
    decibans[women] *= 1.5
    labels = {"sex": ["women" if number % 2 == 0 else "men" for number in range(SUBJECTS)]}
    rows = group_rows("set", FACE, decibans, NonMated(decibans, pairs, pairs), labels)
    seen = {(row["group"], row["claimed"]): row["seen"] for row in rows}
    assert seen["sex: men", 20.0] == pytest.approx(20.0, abs=1.5)
    assert seen["sex: women", 20.0] == pytest.approx(13.3, abs=1.5)


@pytest.mark.parametrize(
    ("names", "subjects"),
    [
        (("f0015_01", "s0015_01", "f0017_06"), {"0015", "0017"}),
        (("1__M_Left_thumb_finger", "2__F_Left_thumb_finger"), {"1", "2"}),
        (("101_1", "102_3"), {"101", "102"}),
    ],
)
def test_names_say_which_prints_are_of_strangers(tmp_path: Path, names: tuple[str, ...], subjects: set[str]) -> None:
    for name in names:
        Image.new("L", (100, 100)).save(tmp_path / f"{name}.png")
    images = read_strangers(tmp_path)
    assert len(images) == len(names)
    assert {image.subject for image in images} == subjects


def test_one_subject_has_no_strangers(tmp_path: Path) -> None:
    (tmp_path / "101_1.png").touch()
    (tmp_path / "101_2.png").touch()
    with pytest.raises(UnusableDataset, match="two subjects"):
        read_strangers(tmp_path)


def test_groups_come_from_names() -> None:
    names = ("1__M_Left_thumb_finger", "2__F_Left_thumb_finger")
    images = [LabelledImage(Path(f"{name}.png"), name) for name in names]
    assert groups_of(images) == {"sex": ("men", "women"), "finger": ("Left_thumb", "Left_thumb")}
    assert groups_of([LabelledImage(Path("f0015_01.png"), "0015")]) == {"finger": ("01",)}
    assert groups_of([LabelledImage(Path("101_1.png"), "101")]) == {}


def test_a_smaller_sample_is_part_of_a_larger_one() -> None:
    images = [LabelledImage(Path(f"{number}_{photo}.png"), str(number)) for number in range(50) for photo in range(2)]
    ten, twenty = of_some_subjects(images, 10), of_some_subjects(images, 20)
    assert len({image.subject for image in ten}) == 10
    assert len(ten) == 20
    assert set(ten) < set(twenty)
