"""Which images are compared."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks.runs.protocols import (
    first_impressions,
    first_of_each,
    genuine_pairs,
    identification,
    impostor_pairs,
)

SUBJECTS = ["a", "a", "a", "b", "c", "c"]
FVC = [str(finger) for finger in range(10) for _ in range(8)]


def test_genuine_pairs_are_all_of_one_subject_once() -> None:
    assert genuine_pairs(SUBJECTS).tolist() == [[0, 1], [0, 2], [1, 2], [4, 5]]
    assert genuine_pairs(["a", "b"]).shape == (0, 2)


def test_impostor_pairs_are_all_of_two_subjects_once() -> None:
    expected = [[i, j] for i in range(6) for j in range(i + 1, 6) if SUBJECTS[i] != SUBJECTS[j]]
    assert impostor_pairs(SUBJECTS, at_most=100).tolist() == expected


def test_fvc_set_b_has_its_published_numbers_of_comparisons() -> None:
    """FVC: 10 fingers with 8 impressions give 280 genuine and 45 impostor comparisons."""
    assert len(genuine_pairs(FVC)) == 280
    assert len(first_impressions(FVC)) == 45
    assert len(impostor_pairs(FVC, at_most=10**6)) == 80 * 79 // 2 - 280


def test_first_impressions_are_of_first_images_only() -> None:
    assert first_of_each(SUBJECTS).tolist() == [0, 3, 4]
    assert first_impressions(SUBJECTS).tolist() == [[0, 3], [0, 4], [3, 4]]


@pytest.mark.parametrize("at_most", [5, 900, 1700])
def test_a_sample_has_that_many_different_impostor_pairs(at_most: int) -> None:
    subjects = [str(i // 3) for i in range(60)]  # 1710 impostor pairs
    pairs = impostor_pairs(subjects, at_most)
    assert len(np.unique(pairs, axis=0)) == len(pairs) == at_most
    assert all(i < j and subjects[i] != subjects[j] for i, j in pairs)
    np.testing.assert_array_equal(pairs, impostor_pairs(subjects, at_most))


@pytest.mark.parametrize("at_most", [400, 1000])
def test_a_sample_takes_every_image_about_equally(at_most: int) -> None:
    """Drawn (400) and chosen (1000) of 1710 pairs: each of 60 images is in at_most / 30 on average."""
    pairs = impostor_pairs([str(i // 3) for i in range(60)], at_most)
    counts = Counter(pairs.ravel().tolist())
    assert len(counts) == 60
    assert max(counts.values()) < 2.2 * at_most / 30
    assert min(counts.values()) > 0.3 * at_most / 30


def test_few_impostors_among_very_many_genuine_pairs_are_found() -> None:
    subjects = ["a"] * 500 + ["b"]
    assert len(impostor_pairs(subjects, at_most=400)) == 400


def test_every_probe_of_an_identification_has_its_mate_in_the_gallery() -> None:
    search = identification(SUBJECTS)
    assert (search.probes.tolist(), search.gallery.tolist(), search.mates.tolist()) == ([1, 2, 5], [0, 3, 4], [0, 0, 2])
