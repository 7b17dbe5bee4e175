"""The simulation of a nation's service: cases that are counted by hand, and closed forms of queueing theory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.nation.demand import kept_back, poisson_times
from benchmarks.nation.simulation import Arrival, Kind, Outage, Pool, Seconds, Step, simulate

ONE = Pool("one", 1)
TWO = Pool("two", 2)
APART = Pool("apart", 2, apart=True)
SECOND = np.array([1.0])
MANY = 30_000


def kind(*steps: Step, whole: bool = False) -> Kind:
    return Kind("job", steps, whole)


def taken(arrivals: list[tuple[float, Kind]], **options: object) -> list[float]:
    outcome = simulate([Arrival(*each) for each in arrivals], **options)  # type: ignore[arg-type]
    return outcome.taken["job"].tolist()


@pytest.mark.parametrize(("pool", "expected"), [(ONE, [1.0, 2.0, 3.0]), (TWO, [1.0, 1.0, 2.0])])
def test_three_jobs_at_once_wait_for_a_free_server(pool: Pool, expected: list[float]) -> None:
    assert taken([(5.0, kind(Step(pool, SECOND)))] * 3) == expected


def test_a_job_goes_through_its_steps_one_after_the_other_and_leaves_the_pool_between() -> None:
    job = kind(Step(ONE, SECOND), Step(TWO, 2 * SECOND))
    assert taken([(0.0, job), (0.0, job), (0.0, job)]) == [3.0, 4.0, 5.0]


def test_a_job_with_several_tasks_ends_with_the_last() -> None:
    assert taken([(0.0, kind(Step(TWO, SECOND, tasks=5)))]) == [3.0]
    outcome = simulate([Arrival(0.0, kind(Step(TWO, SECOND, tasks=5)))])
    assert outcome.busy == {"two": 5.0}


def test_a_search_is_done_by_every_part_and_a_change_by_one() -> None:
    search, change = kind(Step(APART, SECOND, everywhere=True)), kind(Step(APART, SECOND))
    assert taken([(0.0, search), (0.0, search)]) == [1.0, 2.0]
    assert taken([(0.0, change), (0.0, search)]) == [1.0, 2.0]
    assert simulate([Arrival(0.0, search)]).busy == {"apart": 2.0}
    assert simulate([Arrival(0.0, change)]).busy == {"apart": 1.0}


def test_while_a_part_is_away_whole_searches_are_refused_and_others_wait() -> None:
    outage = Outage(APART, 10.0, 5.0)
    search, check = (
        Kind(name, (Step(APART, SECOND, everywhere=True),), name == "search") for name in ("search", "check")
    )
    outcome = simulate([Arrival(12.0, search), Arrival(13.0, check), Arrival(20.0, search)], [outage])
    assert outcome.refused == {"search": 1}
    assert outcome.taken["check"].tolist() == [3.0]
    assert outcome.taken["search"].tolist() == [1.0]
    assert outcome.ended == 21.0


def test_a_part_that_dies_is_away_at_once_however_many_wait() -> None:
    one = Pool("apart", 1, apart=True)
    change = kind(Step(one, SECOND))
    outcome = simulate([Arrival(10.0, change)] * 3, [Outage(one, 10.5, 5.0)])
    assert outcome.taken["job"].tolist() == [1.0, 6.5, 7.5]


def test_copies_of_a_part_share_the_power_of_their_server() -> None:
    search = kind(Step(replace(APART, copies=2), SECOND, everywhere=True))
    assert taken([(0.0, search)] * 3) == pytest.approx([2.0, 2.0, 3.0])
    assert taken([(0.0, search), (0.5, search)]) == pytest.approx([1.5, 1.5])


def test_a_change_goes_to_every_copy_of_a_part() -> None:
    change = kind(Step(Pool("apart", 3, apart=True, copies=2), SECOND))
    assert simulate([Arrival(0.0, change)]).busy == {"apart": 2.0}


def test_with_copies_the_others_do_what_a_lost_server_would_have_done() -> None:
    three = Pool("apart", 3, apart=True, copies=2)
    search = kind(Step(three, SECOND, everywhere=True), whole=True)
    times = [(9.5, search), (20.0, search), (30.0, search)]
    outcome = simulate([Arrival(*each) for each in times], [Outage(three, 10.0, 15.0, notice=1.0)])
    assert not outcome.refused
    assert outcome.taken["job"].tolist() == pytest.approx([2.5, 1.5, 1.0])


def mean_of(pool: Pool, rate: float, service: Seconds) -> float:
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.exponential(1 / rate, MANY)).tolist()
    return float(np.mean(taken([(time, kind(Step(pool, service, everywhere=pool.apart))) for time in times], seed=2)))


def test_one_server_with_constant_times_is_an_m_d_1_queue() -> None:
    """Mean wait rho / (2 mu (1 - rho)): half of that of M/M/1 (Pollaczek and Khinchine)."""
    assert mean_of(ONE, 0.7, SECOND) == pytest.approx(1 + 0.7 / (2 * (1 - 0.7)), rel=0.05)


def test_arrivals_come_at_the_rate_of_their_hour() -> None:
    times = poisson_times(10_000.0, (0.0, 1.0, 0.5), np.random.default_rng(5))
    hours = np.bincount((times // 3600).astype(int), minlength=3)
    assert hours[0] == 0
    assert hours[1:] == pytest.approx([10_000, 5000], rel=0.05)
    assert (np.diff(times) >= 0).all()


def test_what_stations_kept_comes_within_five_minutes_of_their_connection() -> None:
    times = np.array([100.0, 4000.0, 5000.0, 9000.0])
    moved = kept_back(times, 1.0, 3600.0, 7200.0, np.random.default_rng(6))
    assert moved[0] == 100.0
    assert moved[3] == 9000.0
    assert ((moved[1:3] >= 7200.0) & (moved[1:3] <= 7500.0)).all()
    assert kept_back(times, 0.0, 3600.0, 7200.0, np.random.default_rng(6)).tolist() == times.tolist()
