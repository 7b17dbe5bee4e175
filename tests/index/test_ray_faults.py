"""Partitions, nodes and disks of a Ray cluster fail: until they are back, a search is an error, never half of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import ray_clusters
from ray_clusters import (
    PATIENCE,
    PAUSE,
    SPACE,
    add_node,
    empty_ray_index,
    eventually,
    new_cluster,
    shared_cluster,
)
from ray_galleries import (
    FINGERS,
    IDS,
    check_whole,
    enrol,
    fill,
    gallery_on_ray,
    held,
    in_partitions,
    nodes,
    pids,
    until_missing,
    until_moved,
)
from search_indexes import labels_of, minutiae

from biometrics.kernel.errors import PartitionsMissing, StoreUnavailable
from biometrics.records.store import RecordStore
from biometrics.use_cases.retention.retention import Retention
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from index.cluster.ray_index import RayIndex

DAY = 86_400.0  # seconds
SUPPORT = Path(ray_clusters.__file__).parent


@pytest.mark.when_changed("index.cluster")
@pytest.mark.parametrize("saved", [False, True], ids=["without a snapshot", "with a snapshot"])
def test_a_killed_partition_is_an_error_and_comes_back_whole(
    saved: bool, tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    gallery, index = gallery_on_ray(store, recogniser, 2, tmp_path / "index")
    for person in range(3):
        enrol(store, recogniser, 100 * person)
    check_whole(gallery, store, recogniser)
    if saved:
        gallery.save(tmp_path / "unused")
    enrol(store, recogniser, 1000)
    check_whole(gallery, store, recogniser)
    for pid in pids(index):
        os.kill(pid, signal.SIGKILL)
    missing = until_missing(lambda: index.search(minutiae(0), 5))
    assert missing.code == "partitions_missing"
    assert str(missing).startswith(("0 of 2 partitions", "1 of 2 partitions"))
    assert (eventually(lambda: index.sequence) > 0) is saved
    check_whole(gallery, store, recogniser)
    index.drop()


@pytest.mark.when_changed("index.cluster")
def test_who_is_destroyed_while_a_partition_hangs_is_never_found_again(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    gallery, index = gallery_on_ray(store, recogniser, 2, tmp_path / "index")
    destroyed, _ = (enrol(store, recogniser, 100 * person) for person in range(2))
    check_whole(gallery, store, recogniser)
    stopped, patient = pids(index)[1], index._deadline
    index._deadline = 2.0
    os.kill(stopped, signal.SIGSTOP)
    try:
        until_missing(lambda: held(gallery, recogniser))
        assert Retention(store).delete(destroyed, "JMFC Pune, order 7/2026")
        until_missing(lambda: held(gallery, recogniser))
    finally:
        os.kill(stopped, signal.SIGCONT)
        index._deadline = patient
    assert len(store.templates.ids(FINGERPRINT, recogniser.model)) == len(FINGERS)
    check_whole(gallery, store, recogniser)
    index.drop()


@pytest.mark.when_changed("index.cluster")
def test_a_partition_that_answers_late_is_an_error_and_its_late_changes_are_made_once() -> None:
    index = empty_ray_index()
    fill(index)
    assert index.search(minutiae(3), 1).ids.tolist() == [3]
    stopped, patient = pids(index)[1], index._deadline
    index._deadline = 2.0
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert "1 of 2 partitions" in str(until_missing(lambda: index.search(minutiae(3), 1)))
        index._seen.sequence = 50
        index.add(IDS + 100, [minutiae(n) for n in range(100, 150)], labels_of(IDS + 100))
        with pytest.raises(StoreUnavailable, match=r"of 2 partitions .* answered within 2 seconds"):
            index.sequence = 100
    finally:
        os.kill(stopped, signal.SIGCONT)
        index._deadline = patient

    def late_changes_made() -> int:
        sequence = index.sequence
        if sequence == 50:
            raise PartitionsMissing("It answers again, and is making them.")
        return sequence

    assert eventually(late_changes_made) == 100
    index._seen.sequence = 50
    index.remove(IDS + 100)
    index.sequence = 90
    assert len(index) == 100
    assert index.search(minutiae(103), 1).ids.tolist() == [103]


@pytest.mark.reach
def test_partitions_of_a_killed_node_come_back_on_another(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    cluster = shared_cluster()
    add_node(cluster)
    gallery, index = gallery_on_ray(store, recogniser, 3, tmp_path / "index")
    enrol(store, recogniser, 0)
    check_whole(gallery, store, recogniser)
    before = dict(zip(pids(index), nodes(index), strict=True))
    node = next(node for node in cluster.worker_nodes if node.node_id in before.values())  # Ray chose
    lost = {pid for pid, of_partition in before.items() if of_partition == node.node_id}
    cluster.remove_node(node, allow_graceful=False)
    enrol(store, recogniser, 100)
    expected = store.templates.ids(FINGERPRINT, recogniser.model).tolist()

    def search() -> None:
        with suppress(PartitionsMissing):
            assert held(gallery, recogniser) == expected

    until_moved(index, lost, search)
    check_whole(gallery, store, recogniser)
    assert before.keys() - eventually(lambda: pids(index)) == lost
    assert node.node_id not in nodes(index)
    index.drop()


@pytest.mark.reach
def test_partitions_whose_clock_is_a_day_ahead_answer_like_the_others(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    gallery, index = gallery_on_ray(store, recogniser, 6, tmp_path / "index")
    wrong = pids(index)[::2]

    def clock() -> float:
        now = time.time
        if os.getpid() in wrong:
            time.time = lambda: now() + DAY
        return time.time()

    clocks = in_partitions(index, clock)
    assert max(clocks) - min(clocks) > DAY / 2
    enrol(store, recogniser, 0)
    check_whole(gallery, store, recogniser)
    gallery.save(tmp_path / "unused")
    snapshots = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert snapshots
    for snapshot in snapshots:
        os.utime(snapshot, (time.time() + DAY,) * 2)
    enrol(store, recogniser, 100)
    check_whole(gallery, store, recogniser)
    for pid in pids(index):
        os.kill(pid, signal.SIGKILL)
    until_missing(lambda: index.search(minutiae(0), 5))
    assert eventually(lambda: index.sequence) > 0
    check_whole(gallery, store, recogniser)
    index.drop()


@pytest.mark.reach
def test_two_clusters_of_one_database_give_the_same_answers_and_one_outlives_the_head_of_the_other(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    gallery, index = gallery_on_ray(store, recogniser, 2, tmp_path / "index", "one-database")
    enrol(store, recogniser, 0)
    check_whole(gallery, store, recogniser)
    cluster = new_cluster(nodes=1)
    with other_server(cluster.address, tmp_path) as other:
        assert answer(other) == held(gallery, recogniser)
        enrol(store, recogniser, 100)
        everything = held(gallery, recogniser)
        assert answer(other) == everything
        assert len(everything) == 20
        gallery.save(tmp_path / "unused")
        cluster.remove_node(cluster.head_node, allow_graceful=False)
        end = time.monotonic() + PATIENCE
        while (result := answer(other)) == everything:  # until the loss is noticed
            assert time.monotonic() < end
            time.sleep(PAUSE)
        assert result in ("partitions_missing", None)
    assert held(gallery, recogniser) == everything
    with other_server(new_cluster(nodes=1).address, tmp_path) as restarted:
        assert answer(restarted) == everything
    index.drop()


@contextmanager
def other_server(cluster: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a server in a process of its own, on the same database and the same snapshots."""
    arguments = [cluster, f"sqlite:///{folder / 'pehchan.db'}", folder / "images", folder / "index", "one-database"]
    with ray_clusters.ray_environment():
        process = subprocess.Popen(
            [sys.executable, SUPPORT / "search_on_ray.py", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answer(server: subprocess.Popen[str]) -> list[int] | str | None:
    """Return the ids that a search names, the code of an error, or None where the server has ended."""
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        print("search", file=server.stdin, flush=True)
        line = server.stdout.readline()
    except BrokenPipeError:
        return None
    result: list[int] | str | None = json.loads(line) if line else None
    return result


@pytest.mark.reach
@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "127.0.0.1:99999"])
def test_a_cluster_that_is_not_there_is_an_error(address: str, tmp_path: Path) -> None:
    shared_cluster()  # or the test is skipped
    with pytest.raises(StoreUnavailable, match=f"no Ray cluster at {address}"):
        RayIndex(address, "prints", 1, SPACE, tmp_path)
