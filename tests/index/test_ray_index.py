"""The index of prints in partitions of a Ray cluster: the embedded index's answers, or an error, never half of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import ray_clusters
from inputs import Run, palm_of, photo_of, print_of
from ray_clusters import (
    SPACE,
    empty_ray_index,
    eventually,
    new_ray_index,
    shared_cluster,
)
from ray_galleries import (
    FINGERS,
    IDS,
    check_whole,
    enrol,
    fill,
    gallery_on_ray,
    pids,
    snapshots,
    until_missing,
)
from records_examples import encounter
from search_indexes import labels_of, minutiae
from slow_snapshots import hold_snapshots

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.errors import InvalidVector, ModelMismatch
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.capture import FingerPosition, PalmPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.ports import BatchIndex
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment import enrol as enrolling
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from index.cluster.changes import partition_of
from index.cluster.layouts import layouts
from index.cluster.partition import Changes, Partition
from index.cluster.ray_index import RayIndex
from index.feature_sets import FeatureSetIndex
from index.feature_sets.index import CLOSER_EACH
from palm.modality import PALM


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.when_changed("index.cluster")
def test_partitions_answer_together_as_the_embedded_index() -> None:
    index, embedded = empty_ray_index(), FeatureSetIndex()
    ids = np.arange(400)

    def check() -> None:
        assert len(index) == len(embedded)
        for probe in (0, 7, 250):
            for where in (NO_FILTER, Filter(sexes=frozenset({Sex.FEMALE})), Filter(positions=frozenset(FINGERS[:2]))):
                mine, expected = index.search(minutiae(probe), 50, where), embedded.search(minutiae(probe), 50, where)
                for part, of_embedded in zip(mine, expected, strict=True):
                    np.testing.assert_array_equal(part, of_embedded)

    for each in (index, embedded):
        assert each.sequence == 0
        each.add(ids, [minutiae(n) for n in range(400)], labels_of(ids))
        each.sequence = 400
    check()
    for each in (index, embedded):
        assert each.sequence == 400
        each.add(ids[:9], [minutiae(n + 500) for n in range(9)], labels_of(ids[:9] + 500))  # other people's now
        assert each.remove(np.array([8, 20, 20, 999])) == 2
        each.sequence = 410
    check()
    probes = [
        (minutiae(0), NO_FILTER),
        (minutiae(7), Filter(positions=frozenset(FINGERS[:2]))),
        (minutiae(9), NO_FILTER),
    ]
    assert isinstance(index, BatchIndex)
    for together, (probe, where) in zip(index.search_all(probes, 50), probes, strict=True):
        for part, of_embedded in zip(together, embedded.search(probe, 50, where), strict=True):
            np.testing.assert_array_equal(part, of_embedded)
    assert index.ids_present(np.array([20, 21])) == [21]
    with pytest.raises(InvalidVector):
        index.search(np.zeros(3, np.float32), 1)
    index.snapshot(Path("unused"), "unused", b"s" * 32)()
    assert all(path.exists() for path in snapshots(index))


@pytest.mark.reach
def test_partitions_look_closely_at_as_many_prints_together_as_the_embedded_index() -> None:
    import ray

    index = empty_ray_index()
    fill(index)
    index.snapshot(Path("unused"), "unused")()
    for pid in pids(index):
        os.kill(pid, signal.SIGKILL)
    until_missing(lambda: index.search(minutiae(0), 5))
    assert eventually(lambda: index.sequence) == 50
    each = [
        actor.__ray_call__.remote(lambda partition: partition._index._closer_each) for actor in index._layout.actors
    ]
    assert ray.get(each) == [CLOSER_EACH // 2, CLOSER_EACH // 2]


def test_the_prints_of_a_person_lie_in_one_partition_and_people_are_spread_evenly() -> None:
    people = labels_of(np.arange(1000))["person"]
    home = partition_of(people, 8)
    assert all(len(set(home[people == person])) == 1 for person in people[::97])
    assert np.bincount(home, minlength=8).min() > 80


@pytest.mark.reach
def test_changes_read_before_another_server_was_faster_are_left_out() -> None:
    """Else a print that was removed meanwhile would come back."""
    fast = empty_ray_index()
    name = fast._layout.names[0].removesuffix("-0-of-2")
    slow = new_ray_index(2, fast._opening.folder, name=name)
    ids = np.arange(10)
    assert slow.sequence == fast.sequence == 0
    slow.add(ids, [minutiae(n) for n in range(10)], labels_of(ids))
    fast.add(ids[:5], [minutiae(n) for n in range(5)], labels_of(ids[:5]))
    fast.sequence = 20
    slow.sequence = 10
    assert slow.sequence == 20
    assert slow.ids_present(ids) == fast.ids_present(ids) == [0, 1, 2, 3, 4]


@pytest.mark.when_changed("index.cluster")
def test_only_the_thread_that_makes_changes_sends_them(threads: ThreadPoolExecutor) -> None:
    index = empty_ray_index()
    fill(index)
    gone = np.array([70])

    def expunge_meanwhile() -> int:
        counted = len(index)
        assert index.sequence == 50
        index.remove(gone)
        index.sequence = 51
        return counted

    assert index.sequence == 50
    index.add(gone, [minutiae(70)], labels_of(gone))
    assert threads.submit(expunge_meanwhile).result() == 50
    index.sequence = 50
    assert (index.ids_present(gone), len(index), index.sequence) == ([], 50, 51)


@pytest.mark.when_changed("index.cluster")
def test_changes_that_were_not_sent_are_read_from_the_database_again() -> None:
    index = empty_ray_index()
    fill(index)
    assert index.sequence == 50
    index.add(np.array([70]), [minutiae(70)], labels_of(np.array([70])))
    assert index.sequence == 50
    index.add(np.array([71]), [minutiae(71)], labels_of(np.array([71])))
    index.sequence = 51
    assert index.ids_present(np.array([70, 71])) == [71]


@pytest.mark.when_changed("index.cluster")
def test_two_layouts_answer_side_by_side(tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser) -> None:
    before, old = gallery_on_ray(store, recogniser, 1, tmp_path / "index", "growing")
    enrol(store, recogniser, 0)
    check_whole(before, store, recogniser)
    after, new = gallery_on_ray(store, recogniser, 2, tmp_path / "index", "growing")
    enrol(store, recogniser, 100)
    check_whole(after, store, recogniser)
    check_whole(before, store, recogniser)
    before.save(tmp_path / "unused")
    after.save(tmp_path / "unused")
    assert len(list((tmp_path / "index").glob("*.index"))) == 3
    old.drop()
    enrol(store, recogniser, 200)
    check_whole(after, store, recogniser)
    new.drop()


@pytest.mark.reach
def test_a_partition_of_another_model_is_refused() -> None:
    index = empty_ray_index()
    with pytest.raises(ModelMismatch, match="another model"):
        new_ray_index(2, index._opening.folder, name=index._layout.names[0].removesuffix("-0-of-2"), space="cd" * 32)


def test_a_partition_answers_while_its_snapshot_is_written(
    tmp_path: Path, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, partition = tmp_path / "prints.index", Partition()
    partition.open(path, SPACE, None, 50)
    partition.apply(Changes(IDS[:0], IDS, [minutiae(n) for n in range(50)], labels_of(IDS)), 0, 50)
    writing, go_on = hold_snapshots(monkeypatch)
    saving = threads.submit(partition.save, path, SPACE, None)
    try:
        assert writing.wait(60)
        state = partition.apply(Changes(IDS[:9], IDS[:1] + 70, [minutiae(70)], labels_of(IDS[:1] + 70)), 50, 51)
        hits = partition.search_all([(minutiae(70), NO_FILTER)], 100, 51)
        assert hits is not None
        assert (state[:2], hits[0].ids[0], len(hits[0].ids), saving.done()) == ((51, 42), 70, 42, False)
    finally:
        go_on.set()
    saving.result()
    assert Partition().open(path, SPACE, None, 51)[:2] == (50, 50)


@pytest.mark.parametrize("cleared", [False, True], ids=["it goes on", "it is cleared"])
def test_a_copy_takes_over_what_another_one_holds_unless_that_is_cleared_meanwhile(
    cleared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has gone on since the server asked for it; it was restored where the other one is cleared."""
    source, copy, path = Partition(), Partition(), tmp_path / "prints.index"

    def call(sibling: Partition, method: str, *arguments: Any) -> Any:
        answer = getattr(sibling, method)(*arguments)
        if method == "piece" and not answer and cleared:
            source.clear(path)
        return answer

    monkeypatch.setattr("index.cluster.partition._call", call)
    source.open(path, SPACE, b"s" * 32, 0)
    source.apply(Changes(IDS[:0], IDS, [minutiae(n) for n in range(50)], labels_of(IDS)), 0, 50)
    copy.fetch(source, 40, path, SPACE, b"s" * 32, 45)
    assert copy.open(path, SPACE, b"s" * 32, 0)[:2] == ((0, 0) if cleared else (50, 50))


@pytest.mark.parametrize("fault", ["another layout", "another key", "ahead of the database", "damaged"])
def test_a_snapshot_that_does_not_fit_is_ignored(fault: str, tmp_path: Path) -> None:
    path = tmp_path / "prints.index"
    saved = Partition()
    saved.open(path, SPACE, b"s" * 32, 50)
    saved.apply(Changes(IDS[:0], IDS, [minutiae(n) for n in range(50)], labels_of(IDS)), 0, 50)
    saved.save(path, SPACE, b"s" * 32)
    assert Partition().open(path, SPACE, b"s" * 32, 50)[:2] == (50, 50)
    if fault == "damaged":
        path.write_bytes(path.read_bytes()[:-1])
    space = "cd" * 32 if fault == "another layout" else SPACE
    secret = b"t" * 32 if fault == "another key" else b"s" * 32
    newest = 49 if fault == "ahead of the database" else 50
    assert Partition().open(path, space, secret, newest)[:2] == (0, 0)


@pytest.mark.reach
def test_a_layout_that_no_server_uses_is_ended_with_its_snapshots(tmp_path: Path, run: Run) -> None:
    address = shared_cluster().address
    settings = Settings(data_folder=tmp_path / "data", cluster_url=address, cluster_partitions=1, _env_file=None)
    options = {"PEHCHAN_CLUSTER_URL": address, "PEHCHAN_CLUSTER_PARTITIONS": "2"}
    with ray_clusters.ray_environment(), patch.dict(os.environ, options):
        with open_engine(settings):
            pass
        with open_engine(settings.model_copy(update={"cluster_partitions": 2})) as engine:
            engine = engine.as_system("a test")
            index = engine.channels[FINGERPRINT].gallery._index
            assert isinstance(index, RayIndex)
            folder, name = index._opening.folder, index._layout.names[0].removesuffix("-0-of-2")
            (folder / f"{name}-0-of-1.index").touch()
            code, output, errors = run("cluster", "list")
            assert code == 0, errors
            rows = [line.split() for line in output.splitlines() if name in line]
            assert [row[:4] for row in rows] == [[name, "1", "1", "1"], [name, "2", "2", "1"]]
            assert ["yes" in row for row in rows] == [False, True]
            assert "invalid_field: The layout of 2 partitions is the one in" in run("cluster", "remove", 2)[2]
            assert "invalid_field: There is no layout" in run("cluster", "remove", 3)[2]
            code, output, errors = run("cluster", "remove", 1)
            assert (code, "2 partitions ended." in output) == (0, True), output + errors  # Ray writes there, too
            assert not (folder / f"{name}-0-of-1.index").exists()
            assert [layout[1:] for layout in layouts(address, engine.store.identity)] == [(2, 2), (2, 2)]
            assert len(index) == 0
            for modality in (FINGERPRINT, PALM):
                engine.channels[modality].gallery._index.drop()


@pytest.mark.when_changed("index.cluster")
def test_a_server_keeps_its_prints_in_the_cluster_of_its_settings(tmp_path: Path) -> None:
    settings = Settings(
        data_folder=tmp_path, cluster_url=shared_cluster().address, cluster_partitions=2, _env_file=None
    )
    samples = [
        Sample(FINGERPRINT, print_of(0, "right_thumb", 0), position=FingerPosition.RIGHT_THUMB),
        Sample(FACE, photo_of(0)),
        Sample(PALM, palm_of(1), position=PalmPosition.RIGHT_FULL_PALM),
    ]
    with ray_clusters.ray_environment(), open_engine(settings) as engine, open_engine(settings) as another:
        another = another.as_system("a test")
        engine = engine.as_system("a test")
        enrolling.enrol(engine, Person("Asha"), encounter(), samples, "generated")
        for divided in (another.channels[FINGERPRINT], another.channels[PALM]):
            modality, model = divided.recogniser.modality, divided.recogniser.model
            [stored] = another.store.templates.load(another.store.templates.ids(modality, model))
            assert divided.gallery.search(divided.recogniser.features(stored.template), 5).ids.tolist() == [stored.id]
            assert isinstance(divided.gallery._index, RayIndex)
            divided.gallery._index.drop()
        assert not isinstance(another.channels[FACE].gallery._index, RayIndex)
