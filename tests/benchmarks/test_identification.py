"""Searches: ranks, CMC and open-set rates worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.metrics.identification import Searches

NONE = -np.inf

# Five probes of three people in a gallery of three; the mate's score is in the column of `MATES`.
TABLE = np.array([[9.0, 1.0, 2.0], [3.0, 2.0, 1.0], [4.0, 4.0, 8.0], [5.0, 6.0, 6.0], [NONE, NONE, NONE]])
MATES = np.array([0, 1, 0, 2, 1])
SUBJECTS = np.array([0, 1, 0, 2, 1])
SEARCHES = Searches.of(TABLE, MATES, SUBJECTS)


def test_ranks_count_ties_against_the_mate() -> None:
    """9 leads; 2 is behind 3; 4 is behind 8 and ties with 4; 6 ties with 6; the failure is last."""
    assert SEARCHES.ranks.tolist() == [1, 2, 3, 2, 3]
    assert SEARCHES.mated.tolist() == [9.0, 2.0, 4.0, 6.0, NONE]
    assert SEARCHES.others.tolist() == [2.0, 3.0, 8.0, 6.0, NONE]


def test_scores_are_left_alone() -> None:
    table = TABLE.copy()
    Searches.of(table, MATES, SUBJECTS)
    np.testing.assert_array_equal(table, TABLE)


def test_cmc_never_finds_a_failure() -> None:
    assert SEARCHES.cmc().tolist() == pytest.approx([1 / 5, 3 / 5, 4 / 5])


def test_cmc_counts_a_subject_as_often_as_he_is_drawn() -> None:
    """Subject 0 twice, 1 never, 2 once: ranks 1 and 3 count twice, rank 2 once."""
    assert SEARCHES.cmc(np.array([2, 0, 1])).tolist() == pytest.approx([2 / 5, 3 / 5, 1.0])


def test_open_set_rates_at_thresholds() -> None:
    thresholds = np.array([2.0, 3.0, 6.0, 9.5])
    assert SEARCHES.fpir(thresholds).tolist() == pytest.approx([4 / 5, 3 / 5, 2 / 5, 0.0])
    assert SEARCHES.fnir(thresholds).tolist() == pytest.approx([1 / 5, 2 / 5, 3 / 5, 1.0])


def test_fnir_at_a_false_positive_rate() -> None:
    """At FPIR 1/5 the threshold is just above 6: only 9 is found. At 2/5, just above 3: 9, 4 and 6 are."""
    assert SEARCHES.fnir_at_fpir(np.array([0.2, 0.4, 0.0])).tolist() == pytest.approx([4 / 5, 2 / 5, 4 / 5])
