"""Ids, labels and filters by row: what every index shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from search_indexes import ids_of, thawed

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import LABEL, NO_FILTER, Filter, Labels
from biometrics.kernel.people.person import Sex
from index.column import Column
from index.label_column import PLACE
from index.rows import FILTERS_KEPT, FREE, Rows, check_ids

WOMEN = Filter(sexes=frozenset({Sex.FEMALE}))


def labels_of(ids: NDArray[np.int64]) -> Labels:
    labels = np.zeros(len(ids), LABEL)
    labels["station"] = np.abs(ids) % 7
    labels["person"] = ids * 10
    labels["sex"] = np.abs(ids) % 4
    return labels


def add(rows: Rows, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows.add(ids, labels_of(ids))


class DictionaryModel:
    """Each id and its row, in Python's own terms."""

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}

    def agrees(self, rows: Rows) -> bool:
        met = np.zeros(rows.span, np.bool_)
        met[list(self.rows.values())] = WOMEN.meets(labels_of(np.array(list(self.rows), np.int64)))
        return (
            len(rows) == len(self.rows)
            and all(rows.ids[row] == i and rows.labels(ids_of(row))["person"] == i * 10 for i, row in self.rows.items())
            and rows.find(np.array(list(self.rows), np.int64)).tolist() == list(self.rows.values())
            and np.array_equal(rows.meeting(WOMEN), met)
            and np.count_nonzero(rows.meeting(NO_FILTER)) == len(self.rows)
        )


@pytest.mark.parametrize("seed", range(6))
def test_a_random_walk_leaves_each_id_in_the_row_it_was_given(seed: int) -> None:
    rng, rows, model = np.random.default_rng(seed), Rows(), DictionaryModel()
    top = 0
    for _ in range(60):
        kind = rng.random()
        if kind < 0.3:
            ids = np.arange(top, top + rng.integers(0, 40), dtype=np.int64)
            top += len(ids)
        else:
            ids = rng.choice(400, rng.integers(0, 40), replace=False).astype(np.int64) - 100
        if kind < 0.65:
            before = {i: model.rows[i] for i in ids.tolist() if i in model.rows}
            model.rows.update(zip(ids.tolist(), add(rows, ids).tolist(), strict=True))
            assert all(model.rows[i] == row for i, row in before.items()), "a present id keeps its row"
        else:
            gone = {model.rows.pop(i) for i in ids.tolist() if i in model.rows}
            assert set(rows.remove(ids).tolist()) == gone
        assert len(set(model.rows.values())) == len(model.rows)
        assert model.agrees(rows)
        absent = [i for i in range(-120, 420, 7) if i not in model.rows]
        assert (rows.find(np.array(absent, np.int64)) == -1).all()


def test_a_removed_row_has_no_trace_and_is_given_to_the_next() -> None:
    rows = Rows()
    add(rows, ids_of(1, 2, 3))
    freed = rows.remove(ids_of(2, 2, 77))
    assert (rows.ids[freed[0]], rows.labels(freed)[0]) == (FREE, np.zeros((), LABEL))
    assert add(rows, ids_of(9)).tolist() == freed.tolist()
    assert rows.span == 3


def test_many_ids_out_of_order_are_found() -> None:
    rng, rows = np.random.default_rng(0), Rows()
    ids = rng.permutation(50_000).astype(np.int64) * 3
    for part in np.array_split(ids, 7):
        add(rows, part)
    assert np.array_equal(rows.ids[rows.find(ids)], ids)
    assert (rows.find(ids + 1) == -1).all()


def test_rows_come_back_from_what_they_save() -> None:
    for ids in (ids_of(), ids_of(1, 2, 3, 4), ids_of(5, 3, 9, -7)):
        rows = Rows()
        add(rows, ids)
        for _ in range(2):
            again = Rows.restored(thawed(rows.freeze()))
            assert (len(again), again.span) == (len(rows), rows.span)
            assert np.array_equal(again.find(ids), rows.find(ids))
            rows.remove(ids[1:3])
        add(again, ids_of(100))
        assert again.find(ids_of(100))[0] >= 0


def saved(*ids: int) -> dict[str, NDArray[Any]]:
    rows = Rows()
    add(rows, ids_of(*ids))
    return thawed(rows.freeze())


@pytest.mark.parametrize(
    "changed",
    [
        {"ids": None},
        {"labels": None},
        {"places": None},
        {"ids": np.zeros(3, np.int32)},
        {"labels": np.zeros(3, np.int64)},
        {"labels": saved(1, 2)["labels"]},
        {"places": saved()["places"]},
        {"ids": ids_of(1, 1, 2)},
        {"ids": ids_of(4, 1, 4)},
    ],
    ids=["ids", "labels", "places", "ids' type", "labels' type", "lengths", "places short", "repeated", "out of order"],
)
def test_arrays_that_are_no_rows_are_refused(changed: dict[str, NDArray[Any] | None]) -> None:
    arrays = {name: array for name, array in {**saved(1, 2, 3), **changed}.items() if array is not None}
    with pytest.raises(InvalidVector):
        Rows.restored(arrays)


def test_a_label_comes_back_whole() -> None:
    rng, rows = np.random.default_rng(0), Rows()
    labels = np.frombuffer(rng.bytes(500 * LABEL.itemsize), LABEL).copy()
    for name in PLACE.names or ():  # of prints, whose labels have no marks
        labels[name] %= 5 if name in ("station", "district", "state") else 1
    values = rows.add(np.arange(500), labels)
    again = Rows.restored(thawed(rows.freeze()))
    assert np.array_equal(rows.labels(values), labels)
    assert np.array_equal(again.labels(values), labels)
    again.add(np.arange(300, 900), np.concatenate([labels[:300], labels[:300]]))
    assert np.array_equal(again.labels(again.find(np.arange(600, 900))), labels[:300])
    assert len(thawed(again.freeze())["places"]) <= 126


@pytest.mark.parametrize(
    ("ids", "labels"),
    [
        (ids_of(1, 1), np.zeros(2, LABEL)),
        (ids_of(1), np.zeros(2, LABEL)),
        (ids_of(1), np.zeros(1, np.int64)),
        (np.zeros((1, 1), np.int64), np.zeros((1, 1), LABEL)),
        (ids_of(FREE), np.zeros(1, LABEL)),
    ],
    ids=["twice", "lengths", "type", "two-dimensional", "reserved"],
)
def test_a_faulty_batch_is_refused(ids: NDArray[np.int64], labels: Labels) -> None:
    with pytest.raises(InvalidVector):
        check_ids(ids, labels)


def test_no_more_filters_than_a_few_are_kept() -> None:
    rows = Rows()
    add(rows, ids_of(1, 2, 3))
    for year in range(1950, 1950 + 2 * FILTERS_KEPT):
        assert rows.meeting(Filter(born=(year, year))).tolist() == [False] * 3
    assert len(rows._met) == FILTERS_KEPT


def test_the_best_hits_come_first_and_ties_by_id() -> None:
    rows = Rows()
    places = add(rows, ids_of(9, 4, 7, 1))
    hits = rows.hits(places, np.array([1, 2, 2, 1], np.float32), 3)
    assert hits.ids.tolist() == [4, 7, 1]
    assert hits.people.tolist() == [40, 70, 10]
    assert hits.scores.tolist() == [2, 2, 1]
    assert len(rows.hits(places, np.zeros(4, np.float32), 0).ids) == 0


def test_a_column_that_is_viewed_keeps_the_view_whole_as_it_grows() -> None:
    column = Column.empty(np.int64)
    column.append(np.arange(2000))
    view = column.values
    column.grow(1_000_000)
    assert np.array_equal(view, np.arange(2000))
    assert np.array_equal(column.values[:2001], [*range(2000), 0])
