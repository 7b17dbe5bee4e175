"""The contract of `biometrics.matching.ports.SearchIndex`, kept by every implementation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from search_indexes import (
    MILVUS_LITE,
    ON_RAY,
    SEARCH_INDEXES,
    STATIONS,
    Implementation,
    ids_of,
    label,
    labels_of,
    on_each,
)

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.labels import (
    BODY_PARTS,
    BODY_SIDES,
    CLASSES,
    COLOURS,
    KINDS,
    LABEL,
    MARK_KINDS,
    NO_FILTER,
    SEXES,
    UNKNOWN_YEAR,
    Filter,
    Labels,
    Members,
    Moment,
    code_number,
)
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.body_marks import (
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    TattooClass,
    overlapping,
)
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.matching.ports import SearchIndex

ALL = on_each(SEARCH_INDEXES)


def put(kind: Implementation, index: SearchIndex, ids: NDArray[np.int64], individuals: NDArray[np.int64]) -> None:
    index.add(ids, [kind.features(int(individual)) for individual in individuals], labels_of(individuals))


def filled(kind: Implementation, *individuals: int) -> SearchIndex:
    """Return an index of some individuals, the id of each its own number."""
    index = kind.make()
    put(kind, index, ids_of(*individuals), ids_of(*individuals))
    return index


def search(index: SearchIndex, probe: NDArray[Any], k: int, where: Filter = NO_FILTER) -> list[int]:
    return index.search(probe, k, where).ids.tolist()  # type: ignore[no-any-return]


def meets(label: Labels, where: Filter) -> bool:
    """Say in Python's own terms whether one label meets a filter."""
    position, sex = FingerPosition(label["position"]), SEXES[label["sex"]]
    places = {int(label["station"]), int(label["district"])}
    born = int(label["birth_year"])
    return all(
        (
            not where.positions or position in where.positions or position is FingerPosition.UNKNOWN,
            not where.sexes or sex in where.sexes or sex is Sex.UNKNOWN,
            where.born is None or born == UNKNOWN_YEAR or where.born[0] <= born <= where.born[1],
            not where.kinds or KINDS[label["kind"]] in where.kinds,
            not where.states or f"{label['state']:02}" in where.states,
            not where.districts or places & {code_number(code) for code in where.districts},
            not where.stations or places & {code_number(code) for code in where.stations},
            _of(MARK_KINDS, label["mark_kind"]) in {None, *(where.mark_kinds or MARK_KINDS)},
            _of(BODY_PARTS, label["body_part"]) in {None, *(overlapping(where.body_parts) or BODY_PARTS)},
            _of(BODY_SIDES, label["body_side"]) in {None, *(where.body_sides or BODY_SIDES)},
            _shares(COLOURS, int(label["mark_colours"]), where.mark_colours),
            _shares(CLASSES, int(label["tattoo_classes"]), where.tattoo_classes),
            int(label["person"]) not in where.without,
            not where.only or int(label["person"]) in where.only,
        )
    )


def _of(values: Sequence[Any], number: int) -> Any:
    return values[number - 1] if number else None


def _shares(values: Sequence[Any], bits: int, wanted: Collection[Any]) -> bool:
    return not wanted or not bits or any(bits >> place & 1 for place, value in enumerate(values) if value in wanted)


FILTERS = {
    "everybody": NO_FILTER,
    "a finger": Filter(positions=frozenset({FingerPosition.LEFT_RING})),
    "an unknown finger only": Filter(positions=frozenset({FingerPosition.UNKNOWN})),
    "several fingers": Filter(positions=frozenset({FingerPosition.LEFT_RING, FingerPosition.RIGHT_THUMB})),
    "a sex": Filter(sexes=frozenset({Sex.FEMALE})),
    "years of birth": Filter(born=(1970, 1979)),
    "one year of birth": Filter(born=(1985, 1985)),
    "no year of birth": Filter(born=(1985, 1984)),
    "kinds of encounter": Filter(kinds=frozenset({EncounterKind.MISSING, EncounterKind.WANTED})),
    "states": Filter(states=frozenset({"07", "27"})),
    "a district": Filter(districts=frozenset({"D3"})),
    "stations": Filter(stations=frozenset(STATIONS[:5])),
    "kinds of marks": Filter(mark_kinds=frozenset({BodyMarkKind.SCAR, BodyMarkKind.TATTOO})),
    "a part of the body with those around and in it": Filter(body_parts=frozenset({BodyPart.ARM, BodyPart.NOSE})),
    "a side": Filter(body_sides=frozenset({BodySide.LEFT})),
    "colours": Filter(mark_colours=frozenset({MarkColour.GREY, MarkColour.RED})),
    "what a tattoo shows": Filter(tattoo_classes=frozenset({TattooClass.ANIMAL})),
    "a mark at a station": Filter(body_parts=frozenset({BodyPart.LEG}), stations=frozenset(STATIONS[:9])),
    "people left out": Filter(without=frozenset(range(10**11, 10**11 + 60))),
    "some people alone": Filter(only=frozenset(range(10**11, 10**11 + 60))),
    "nobody's station": Filter(stations=frozenset({"NOWHERE"})),
    "several conditions": Filter(
        positions=frozenset({FingerPosition.LEFT_RING, FingerPosition.LEFT_INDEX, FingerPosition.RIGHT_INDEX}),
        sexes=frozenset({Sex.MALE, Sex.TRANSGENDER}),
        born=(1960, 1999),
        without=frozenset({10**11 + 3, 10**11 + 40}),
    ),
}


@ALL
def test_a_filter_finds_those_who_meet_it_and_nobody_else(kind: Implementation) -> None:
    everyone, index = set(range(150)), filled(kind, *range(150))
    for name, where in FILTERS.items():
        for _ in range(2):  # the second time an index may know the answer, which a change then must not leave untrue
            expected = sorted(individual for individual in everyone if meets(label(individual)[0], where))
            assert sorted(search(index, kind.features(0), 1000, where)) == expected, name
            for individual in expected[:3]:
                assert search(index, kind.features(individual), 1, where) == [individual], name
            gone, more = expected[::3], ids_of(*range(max(everyone) + 1, max(everyone) + 11))
            index.remove(ids_of(*gone))
            put(kind, index, more, more)
            everyone = everyone - set(gone) | set(more.tolist())


@ALL
def test_a_search_of_a_moment_finds_what_there_was_then(kind: Implementation) -> None:
    index = filled(kind, *range(300))
    moment = Moment(newest=200, later=frozenset({3, 17}))
    there = set(range(201)) - {3, 17}
    assert set(search(index, kind.features(0), 1000, Filter(at=moment))) == there
    assert search(index, kind.features(200), 1, Filter(at=moment)) == [200]
    assert search(index, kind.features(17), 1, Filter(at=moment)) != [17]
    women = Filter(sexes=frozenset({Sex.FEMALE}))
    expected = {individual for individual in there if meets(label(individual)[0], women)}
    assert set(search(index, kind.features(0), 1000, replace(women, at=moment))) == expected


@ALL
def test_a_search_among_certain_templates_finds_no_others(kind: Implementation) -> None:
    """As of a client's gallery: nobody else takes their place, also with other conditions; among none, nobody is."""
    index = filled(kind, *range(300))
    there = {5, 17, 100, 299}
    members = Members(ids_of(*sorted(there), 5000))
    assert set(search(index, kind.features(0), 1000, Filter(at=members))) == there
    assert search(index, kind.features(16), 1, Filter(at=members)) != [16]
    women = Filter(sexes=frozenset({Sex.FEMALE}))
    expected = {individual for individual in there if meets(label(individual)[0], women)}
    assert set(search(index, kind.features(0), 1000, replace(women, at=members))) == expected
    put(kind, index, ids_of(700), ids_of(700))
    index.remove(ids_of(17))
    assert set(search(index, kind.features(0), 1000, Filter(at=members))) == there - {17}
    assert search(index, kind.features(0), 1000, Filter(at=Members(ids_of()))) == []


@pytest.mark.sampled
@ALL
def test_ten_templates_of_fifty_thousand_are_all_found(kind: Implementation) -> None:
    """Also those that are the least like the probe, which no shortlist of the whole would hold."""
    rng, count = np.random.default_rng(3), 50_000
    index = kind.make()
    pool = [kind.features(individual) for individual in range(500)]
    chosen = rng.choice(count, 10, replace=False)
    labels = np.zeros(count, LABEL)
    labels["station"], labels["station"][chosen] = code_number("ELSEWHERE"), code_number("HERE")
    for part in np.array_split(np.arange(count), 10):
        index.add(part, [pool[individual % 500] for individual in part], labels[part])
    where = Filter(stations=frozenset({"HERE"}))
    for individual in (0, 250, 499):
        assert set(search(index, pool[individual], 50, where)) == set(chosen.tolist())
    best = int(chosen[4])
    assert search(index, pool[best % 500], 1, where) == [min(int(i) for i in chosen if i % 500 == best % 500)]
    index.remove(chosen[:4])
    assert set(search(index, pool[0], 50, where)) == set(chosen[4:].tolist())


@pytest.mark.sampled(12)
@ALL
@pytest.mark.parametrize("seed", range(2))
def test_a_random_walk_of_changes_leaves_what_a_dictionary_would_hold(kind: Implementation, seed: int) -> None:
    rng, index = np.random.default_rng(seed), kind.make()
    held: dict[int, int] = {}
    for _ in range(25):
        ids = rng.choice(200, rng.integers(0, 30), replace=False).astype(np.int64) - 50
        if rng.random() < 0.65:
            individuals = rng.integers(0, 60, len(ids))  # the same person under many ids: ties
            put(kind, index, ids, individuals)
            held.update(zip(ids.tolist(), individuals.tolist(), strict=True))
        else:
            assert index.remove(ids) == sum(held.pop(i, None) is not None for i in ids.tolist())
        for where in (NO_FILTER, FILTERS["a sex"], FILTERS["years of birth"]):
            expected = {i for i, individual in held.items() if meets(label(individual)[0], where)}
            hits = index.search(kind.features(int(rng.integers(0, 60))), 1000, where)
            assert set(hits.ids.tolist()) == expected
            assert hits.people.tolist() == [10**11 + held[i] // 2 for i in hits.ids.tolist()]
            assert (np.diff(hits.scores) <= 0).all()
            for i in list(expected)[:3]:
                twins = sorted(j for j in expected if held[j] == held[i])
                assert search(index, kind.features(held[i]), len(twins), where) == twins
        assert len(index) == len(held)


@pytest.mark.slow
@pytest.mark.parametrize("server", [MILVUS_LITE, ON_RAY], ids=lambda server: server.name)
def test_an_index_on_a_server_adds_finds_and_removes(server: Implementation) -> None:
    test_what_was_added_is_found_at_once_and_what_was_removed_is_not(server)


@ALL
def test_what_was_added_is_found_at_once_and_what_was_removed_is_not(kind: Implementation) -> None:
    index = filled(kind, *range(100))
    for individual in range(100, 120):
        put(kind, index, ids_of(individual), ids_of(individual))
        assert search(index, kind.features(individual), 1) == [individual]
        index.remove(ids_of(individual - 50))
        assert individual - 50 not in search(index, kind.features(individual - 50), 1000)


@ALL
def test_hits_have_ids_people_and_scores_best_first(kind: Implementation) -> None:
    hits = filled(kind, 3, 1, 2, 9).search(kind.features(2), 3)
    assert (hits.ids.dtype, hits.people.dtype, hits.scores.dtype) == (np.int64, np.int64, np.float32)
    assert len(hits.ids) == len(hits.people) == len(hits.scores) == 3
    assert (hits.ids[0], hits.people[0]) == (2, 10**11 + 1)
    assert (np.diff(hits.scores) <= 0).all()


@ALL
def test_equal_scores_are_ordered_by_id(kind: Implementation) -> None:
    index = kind.make()
    put(kind, index, ids_of(9, 4, 7, 1), ids_of(5, 5, 5, 5))
    assert search(index, kind.features(5), 3) == [1, 4, 7]


@ALL
def test_adding_an_id_again_replaces_features_and_label(kind: Implementation) -> None:
    index = filled(kind, 1, 2)
    put(kind, index, ids_of(1), ids_of(50))
    hits = index.search(kind.features(50), 1)
    assert (len(index), hits.ids.tolist(), hits.people.tolist()) == (2, [1], [10**11 + 25])
    assert search(index, kind.features(1), 9, Filter(without=frozenset({10**11 + 25}))) == [2]


@ALL
def test_removing_ignores_absent_ids_and_counts_each_once(kind: Implementation) -> None:
    index = filled(kind, 1, 2, 3)
    assert index.remove(ids_of(2, 2, 99)) == 1
    assert index.remove(ids_of(2)) == 0
    assert index.remove(ids_of()) == 0
    assert sorted(search(index, kind.features(1), 9)) == [1, 3]


@ALL
@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(kind: Implementation, k: int) -> None:
    hits = filled(kind, 1, 2).search(kind.features(1), k)
    assert [len(part) for part in hits] == [0, 0, 0]


@ALL
def test_an_empty_index_answers_with_nothing(kind: Implementation) -> None:
    index = kind.make()
    for where in (NO_FILTER, FILTERS["a sex"]):
        hits = index.search(kind.features(0), 5, where)
        assert (hits.ids.shape, hits.people.shape, hits.scores.shape) == ((0,), (0,), (0,))
        assert (hits.ids.dtype, hits.people.dtype, hits.scores.dtype) == (np.int64, np.int64, np.float32)
    assert (len(index), index.remove(ids_of(1)), index.sequence) == (0, 0, 0)


@ALL
def test_an_index_emptied_can_be_filled_again(kind: Implementation) -> None:
    index = filled(kind, 1, 2)
    index.remove(ids_of(1, 2))
    assert search(index, kind.features(1), 5) == []
    put(kind, index, ids_of(), ids_of())
    put(kind, index, ids_of(8), ids_of(1))
    assert search(index, kind.features(1), 5) == [8]


@ALL
@pytest.mark.parametrize(
    ("ids", "individuals", "labels"),
    [(ids_of(5, 6), 1, 2), (ids_of(5), 2, 1), (ids_of(5, 6), 2, 1), (ids_of(5, 5), 2, 2), (ids_of(5), 0, 1)],
    ids=["features short", "an id short", "labels short", "an id twice", "no features"],
)
def test_a_batch_whose_parts_do_not_agree_is_refused_whole(
    kind: Implementation, ids: NDArray[np.int64], individuals: int, labels: int
) -> None:
    index = filled(kind, 5)
    with pytest.raises(InvalidVector):
        index.add(ids, [kind.features(100 + n) for n in range(individuals)], labels_of(np.arange(labels)))
    assert search(index, kind.features(5), 9) == [5]


@ALL
def test_the_index_keeps_its_own_copy(kind: Implementation) -> None:
    index, features, labels = kind.make(), kind.features(3).copy(), label(3)
    index.add(ids_of(3), [features], labels)
    features[:], labels["person"] = 0, 1
    put(kind, index, ids_of(4), ids_of(4))
    hits = index.search(kind.features(3), 1)
    assert (hits.ids.tolist(), hits.people.tolist()) == ([3], [10**11 + 1])
