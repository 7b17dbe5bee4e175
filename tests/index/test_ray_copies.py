"""Copies of partitions: machines come and go while people are searched for, and every answer is whole."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from ray_clusters import PATIENCE, PAUSE, add_node, empty_ray_index, eventually, shared_cluster
from ray_galleries import check_whole, enrol, gallery_on_ray, held, pids, searched

from biometrics.records.store import RecordStore
from fingerprint.recogniser import FingerprintRecogniser
from index.cluster import copies as placing
from index.cluster.calls import Calls
from index.cluster.layouts import PartitionLayout, spread
from index.cluster.partition import ASKING
from index.cluster.partitions import Partitions
from index.cluster.ray_index import RayIndex


@pytest.mark.reach
def test_no_search_is_lost_while_machines_are_lost_and_added(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "FARTHEST_BEHIND", 5)  # so that a copy takes over what another one holds
    cluster = shared_cluster()
    gallery, index = gallery_on_ray(store, recogniser, 2, tmp_path / "index", copies=2, deadline=60.0)
    other, _ = gallery_on_ray(store, recogniser, 2, tmp_path / "index", index._name, copies=2, deadline=60.0)
    enrol(store, recogniser, 0)
    check_whole(gallery, store, recogniser)
    first, [second] = cluster.head_node.node_id, cluster.worker_nodes
    assert copies_on(index) == {first: 2, second.node_id: 2}
    with searched(gallery, store, recogniser) as answers, searched(other, store, recogniser) as others:
        cluster.remove_node(second, allow_graceful=False)
        enrol(store, recogniser, 100)
        third = add_node(cluster)
        until(index, lambda: copies_on(index) == {first: 2, third.node_id: 2} and complete(index) == 2)
        enrol(store, recogniser, 200)
        fourth = add_node(cluster)
        until(index, lambda: sorted(copies_on(index).values()) == [1, 1, 2] and complete(index) == 2)
        cluster.remove_node(third, allow_graceful=False)
        counts = len(answers), len(others)
        enrol(store, recogniser, 300)
        until(index, lambda: copies_on(index) == {first: 2, fourth.node_id: 2} and complete(index) == 2)
        assert len(answers) > counts[0]
        assert len(others) > counts[1]
    assert len(held(gallery, recogniser)) == len(held(other, recogniser)) == 40
    index.drop()


@pytest.mark.reach
def test_a_copy_that_hangs_or_dies_costs_no_search(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    gallery, index = gallery_on_ray(store, recogniser, 1, tmp_path / "index", copies=2, deadline=10.0)
    enrol(store, recogniser, 0)
    check_whole(gallery, store, recogniser)
    first, second = pids(index)
    os.kill(first, signal.SIGSTOP)
    try:
        enrol(store, recogniser, 100)
        assert len(held(gallery, recogniser)) == 20
    finally:
        os.kill(first, signal.SIGCONT)
    until(index, lambda: [len(each) for each in sequences(index)] == [1])
    os.kill(second, signal.SIGKILL)
    enrol(store, recogniser, 200)
    assert len(held(gallery, recogniser)) == 30
    until(index, lambda: complete(index) == 2)
    index.drop()


@pytest.mark.reach
def test_a_copy_that_is_only_busy_is_not_silent_one_that_hangs_is() -> None:
    class Busy:  # here, so that Ray takes it to the other process as it is
        """What a copy is to those who ask it."""

        def search_all(self, seconds: float) -> bool:
            time.sleep(seconds)
            return True

        def node(self) -> str:
            return "here"

        def pid(self) -> int:
            return os.getpid()

    ray = empty_ray_index()._ray
    busy = ray.remote(concurrency_groups={ASKING: 1})(Busy).remote()
    pid = ray.get(busy.pid.remote())
    calls = Calls(ray, {}, "search_all", [(8.0,)], seconds=50.0)
    calls.call(0, "busy", busy)
    while calls.pending(0):
        assert not calls.silent(0)
        calls.take([0])
    assert calls.accepted(0)
    hanging = Calls(ray, {}, "search_all", [(0.0,)], seconds=50.0)
    os.kill(pid, signal.SIGSTOP)
    try:
        hanging.call(0, "hanging", busy)
        while not hanging.silent(0):
            assert hanging.take([0])
        assert not hanging.accepted(0)
    finally:
        os.kill(pid, signal.SIGCONT)


def sequences(index: RayIndex) -> list[set[int]]:
    """Return the numbers that the copies of each partition have come to."""
    states = present(index).ask_all("state", [()] * len(index._layout), PATIENCE)
    return [{state.sequence or 0 for state in its.values()} for its in states]


def complete(index: RayIndex) -> int:
    """Return how many complete copies each partition has."""
    return spread(shared_cluster().address, PartitionLayout(index._name, len(index._layout), 0)).complete


def copies_on(index: RayIndex) -> dict[str, int]:
    answers = present(index).ask_all("node", [()] * len(index._layout), PATIENCE, lenient=True)
    return dict(Counter(node for its in answers for node in its.values()))


def present(index: RayIndex) -> Partitions:
    return Partitions(index._ray, index._name, len(index._layout), 0)


def until(index: RayIndex, reached: Callable[[], bool]) -> None:
    """Do what a server does in the background, until all is as it should be."""
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end
        eventually(index.tend)
        time.sleep(PAUSE)
