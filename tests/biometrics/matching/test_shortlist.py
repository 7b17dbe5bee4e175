"""The exact matcher sees those whom all probes together point to, and the first of every probe."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.matching.ports import Hits
from biometrics.matching.shortlist import most_alike, pieces


def hits(people: list[int], scores: list[float]) -> Hits:
    """Return hits whose template ids are a hundred times their people's numbers."""
    numbers = np.array(people, np.int64)
    return Hits(100 * numbers, numbers, np.array(scores, np.float32))


def test_one_probe_gives_its_hits_as_they_are() -> None:
    [chosen] = most_alike([hits([3, 1, 2], [9, 5, 4])], 10)
    assert chosen.tolist() == [300, 100, 200]


def test_a_person_in_the_middle_of_every_list_comes_before_those_at_the_head_of_one() -> None:
    lists = [
        hits(
            [*range(20 * i, 20 * i + 10), 999, *range(20 * i + 10, 20 * i + 20)],
            [60 - n for n in range(10)] + [45] + [40 - n for n in range(10)],
        )
        for i in range(5)
    ]
    chosen = most_alike(lists, 10)
    assert all(99900 in ids for ids in chosen)


def test_the_scale_of_a_list_does_not_matter() -> None:
    prints, faces = [30.0, 20, 10, 9, 8, 7], [0.30, 0.20, 0.10, 0.09, 0.08, 0.07]
    first = most_alike([hits([1, 2, 3, 4, 5, 6], prints), hits([7, 2, 8, 9, 10, 11], faces)], 2)
    other = most_alike([hits([1, 2, 3, 4, 5, 6], faces), hits([7, 2, 8, 9, 10, 11], prints)], 2)
    assert [ids.tolist() for ids in first] == [ids.tolist() for ids in other]
    assert all(200 in ids for ids in first)


def test_the_first_of_every_probe_are_kept_whatever_the_others_say() -> None:
    lists = [hits([10 * i + n for n in range(10)], [100.0 - n for n in range(10)]) for i in range(4)]
    chosen = most_alike(lists, 16)
    assert all(ids.tolist()[:2] == [1000 * i, 1000 * i + 100] for i, ids in enumerate(chosen))


def test_nothing_found_is_nothing_to_compare() -> None:
    assert [ids.tolist() for ids in most_alike([hits([], []), hits([], [])], 10)] == [[], []]
    first, none = most_alike([hits([1], [0.0]), hits([], [])], 10)
    assert (first.tolist(), none.tolist()) == ([100], [])


@pytest.mark.parametrize(
    ("count", "lengths"), [(0, []), (1, [1]), (64, [64]), (65, [33, 32]), (200, [50] * 4), (201, [51, 50, 50, 50])]
)
def test_templates_are_divided_evenly_among_threads(count: int, lengths: list[int]) -> None:
    divided = pieces(np.arange(count), 64)
    assert [len(piece) for piece in divided] == lengths
    assert [id_ for piece in divided for id_ in piece.tolist()] == list(range(count))
