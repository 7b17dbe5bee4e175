"""`pehchan bench nation`: what measured times mean for a nation, counted by hand, and the command itself."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from inputs import Run

from benchmarks.nation import service
from benchmarks.nation.cluster import Compared
from benchmarks.nation.demand import Demand
from benchmarks.nation.partition import PartitionTimes
from benchmarks.nation.service import ENROLMENT, SEARCH, Measured, Plan, Prices
from biometrics.kernel.errors import InvalidField

MEASURED = Measured(
    prints=1_000_000,
    partitions=10,
    unknown=(0.9,),
    ten=(1.8,),
    change=0.0,
    extract=(0.1,),
    assess=(0.2,),
    match_one=(0.05,),
    match_ten=(0.5,),
    ask=(0.0,),
    write_search=(0.01,),
    enrolments_a_second=50.0,
    print_bytes=1000.0,
    message_bytes=1e6,
    person_bytes=50_000.0,
    search_bytes=10_000.0,
    restart=60.0,
)
PLAN = Plan(machines=5, nodes=1, cores=2, efficiency=0.5)  # two partitions a machine, which has one core's power
DEMAND = Demand(searches_a_minute=12.0, enrolments_an_hour=360.0)


def test_a_search_alone_takes_the_sum_of_its_stages() -> None:
    """0.1 extraction, 2 x 0.9 in the partitions of a machine, 0.05 comparison, 0.01 database."""
    quiet = replace(DEMAND, searches_a_minute=0.01, enrolments_an_hour=0.6)
    outcome = service.day(MEASURED, PLAN, quiet, bad=False)
    assert outcome.taken[SEARCH].min() == pytest.approx(1.96)
    # ten prints on two cores 5 x 0.3, database 0.02 and 0.01, 2 x 1.8 in the partitions, 0.5 comparison
    assert outcome.taken[ENROLMENT].min() == pytest.approx(5.63)


def test_the_shares_of_the_busiest_hour_are_rate_times_work() -> None:
    """0.2 searches and 0.1 enrolments a second."""
    shares = service.loads(MEASURED, PLAN, DEMAND)
    assert shares["index machines"] == pytest.approx(0.2 * 1.8 + 0.1 * 3.6)
    assert shares["cores of the nodes"] == pytest.approx((0.2 * 0.15 + 0.1 * (3.0 + 0.5)) / 2)
    assert shares["database writer"] == pytest.approx(0.2 * 0.01 + 0.1 * 0.03)
    assert shares["network of a node"] == pytest.approx((10 * 1e6 * (0.2 + 1.0) + 0.1 * 150_000) / 1.25e9)
    assert shares["memory of the index machines"] == pytest.approx(2 / 128)


def test_size_and_cost_are_counted() -> None:
    assert service.size(MEASURED, PLAN) == service.Size(1_000_000, 2.0, 0.05, 0.15)
    prices = Prices(machine=10.0, database=100.0, database_terabyte=20.0, image_terabyte=40.0)
    assert service.cost(MEASURED, PLAN, prices) == pytest.approx(6 * 10 + 100 + 0.05 * 20 + 0.15 * 40)


def test_copies_take_memory_and_changes_as_often_but_no_more_searches() -> None:
    twice = replace(PLAN, copies=2)
    assert service.size(MEASURED, twice).memory_gb == 4.0
    slow = replace(MEASURED, change=0.1)
    shares = [service.loads(slow, plan, DEMAND)["index machines"] for plan in (PLAN, twice)]
    assert shares[1] - shares[0] == pytest.approx(0.1 * 10 * 0.1 / 5)  # ten prints go to one more machine of five


@pytest.mark.reach
def test_as_few_machines_are_planned_as_keep_the_p95() -> None:
    open_ = replace(PLAN, machines=0)
    planned = service.planned(MEASURED, DEMAND, open_, 3.0)
    assert planned.nodes == 2
    fewer = replace(planned, machines=planned.machines - 1)
    times = [service.day(MEASURED, each, DEMAND, bad=False, hours=4).taken[SEARCH] for each in (planned, fewer)]
    assert [sum(taken > 3.0) <= 0.05 * len(taken) for taken in times] == [True, False]
    assert service.planned(MEASURED, DEMAND, fewer, 3.0) == fewer
    with pytest.raises(InvalidField, match="make them smaller"):
        service.planned(MEASURED, DEMAND, open_, 0.5)


def test_a_larger_partition_is_extrapolated_on_a_line() -> None:
    times = PartitionTimes(400, 1.0, (2.0, 4.0), (), (5.0,), (), (1.5, 1.5), (5.0,), 0.0, 0.0, 0, 0.0, 0)
    assert times.at(400, "unknown") == (2.0, 4.0)
    assert times.at(1000, "unknown") == pytest.approx((4.0, 8.0))  # 3 + 1.5 for each 300 more
    assert times.at(1000, "ten") == (5.0,)


@pytest.mark.parametrize(("predicted", "reached"), [(0.79, False), (0.81, True), (1.19, True), (1.21, False)])
def test_a_prediction_is_near_enough_within_a_fifth(predicted: float, reached: bool) -> None:
    assert Compared("search", predicted, 1.0, 10).reached is reached


@pytest.mark.reach
def test_what_was_measured_is_simulated_again(run: Run, tmp_path: Path) -> None:
    earlier, again = tmp_path / "earlier.json", tmp_path / "again.json"
    earlier.write_text(json.dumps({"measured": asdict(MEASURED)}))
    quiet = ("--of", 10_000_000, "--copies", 1, "--searches-a-minute", 12, "--enrolments-an-hour", 360, "--cores", 2)
    code, output, errors = run("bench", "nation", "--from", earlier, *quiet, "--json", again)
    assert code == 0, errors
    assert "Full first: index machines" in output
    written = json.loads(again.read_text())
    assert written["days"]["ordinary"][SEARCH]["seconds"][1] <= 3.0
    assert Measured.read(again) == MEASURED
    earlier.write_text("{}")
    assert run("bench", "nation", "--from", earlier)[0] == 2


@pytest.mark.reach
def test_a_small_partition_is_measured_and_a_real_cluster_compared(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "nation.json"
    small = ("--prints", 2000, "--of", 200_000, "--generated", 500, "--searches", 6)
    code, output, errors = run("bench", "nation", *small, "--json", out, "--out", tmp_path / "nation.png")
    assert code == 0, errors
    assert "predicted / seen" in output
    written = json.loads(out.read_text())
    assert written["measured"]["enrolments_a_second"] > 0
    assert written["measured"]["restart"] > 0
    without = "ten prints, under load, without a machine"
    assert {compared["what"] for compared in written["check"]} >= {"an unknown finger, alone", without}
    assert written["lost"]["failed"] == 0
    assert (tmp_path / "nation.png").stat().st_size > 0
