"""The index of prints in partitions of a Ray cluster: the embedded index's answers, or an error, never half of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from ray_clusters import add_node, new_ray_index, shared_cluster
from records_examples import encounter
from search_indexes import labels_of, minutiae

from biometrics.domain.errors import InvalidVector, ModelMismatch, PartitionsMissing, StoreUnavailable
from biometrics.domain.labels import NO_FILTER, Filter
from biometrics.domain.person import Person, Sex
from biometrics.domain.types import FingerPosition, Modality, Sample, Source, Template
from biometrics.matching.gallery import Gallery
from biometrics.records.blobs.folder import ImageFolder
from biometrics.records.store import RecordStore
from biometrics.records.values import EnrolledSample
from biometrics.use_cases.enrol import store_person
from fingerprint.codec import encode
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.synthetic.templates import synthetic_template
from index.feature_sets import FeatureSetIndex
from index.ray_index import RayIndex, partition_of
from models.registry import ModelRegistry

FINGERS = [position for position in FingerPosition if position]
TRIES = 300

T = TypeVar("T")


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FingerprintRecogniser:
    return FingerprintRecogniser(ModelRegistry(tmp_path_factory.mktemp("models")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore.open(f"sqlite:///{tmp_path / 'pehchan.db'}", ImageFolder(tmp_path / "images")) as opened:
        yield opened


def enrol(store: RecordStore, recogniser: FingerprintRecogniser, first: int) -> str:
    """Enrol a person with ten prints, those of the seeds from `first`; return the record id."""
    samples = [
        EnrolledSample(
            Sample(Modality.FINGERPRINT, b"print %d" % (first + number), position=position),
            Source("image/png", 30, 40, None),
            Template(Modality.FINGERPRINT, recogniser.model, encode(synthetic_template(first + number)), 80),
        )
        for number, position in enumerate(FINGERS)
    ]
    return store_person(store, Person("Asha"), encounter(), samples).record_id


def pids(index: RayIndex) -> list[int]:
    """Return the processes of the partitions."""
    import ray

    return [ray.get(actor.__ray_call__.remote(lambda _: os.getpid())) for actor in index._actors]


def eventually(use: Callable[[], T]) -> T:
    """Try until all partitions answer."""
    for _ in range(TRIES):
        try:
            return use()
        except PartitionsMissing as error:
            missing = error
        time.sleep(0.2)
    raise missing


def search_until_an_error(index: RayIndex) -> None:
    """Search: a process is not dead yet when the signal was sent."""
    for _ in range(TRIES):
        index.search(minutiae(0), 5)
        time.sleep(0.05)


def held(gallery: Gallery, recogniser: FingerprintRecogniser) -> list[int]:
    probe = Template(Modality.FINGERPRINT, recogniser.model, encode(synthetic_template(0)), None)
    return sorted(gallery.search(recogniser.features(probe), 10_000).ids.tolist())


def check_true(gallery: Gallery, store: RecordStore, recogniser: FingerprintRecogniser) -> None:
    """Assert that the index comes to hold what the database does, each template once."""
    expected = store.template_ids(Modality.FINGERPRINT, recogniser.model).tolist()
    assert eventually(lambda: held(gallery, recogniser)) == expected


def test_partitions_answer_together_as_the_embedded_index(tmp_path: Path) -> None:
    """Whatever the filter, before and after changes, and from their snapshots; a person's prints are in one of them."""
    index, embedded = new_ray_index(2, tmp_path), FeatureSetIndex()
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
    assert index.held(np.array([20, 21])) == [21]
    people = labels_of(np.arange(1000))["person"]
    home = partition_of(people, 8)
    assert all(len(set(home[people == person])) == 1 for person in people[::97])
    assert np.bincount(home, minlength=8).min() > 80
    with pytest.raises(InvalidVector):
        index.search(np.zeros(3, np.float32), 1)
    index.save(tmp_path / "unused", "unused", b"s" * 32)
    assert len(list(tmp_path.glob("*.index"))) == 2
    index.drop()


@pytest.mark.slow
def test_changes_read_before_another_server_was_faster_are_left_out(tmp_path: Path) -> None:
    """Else a print that was removed meanwhile would come back."""
    slow = new_ray_index(2, tmp_path, name="two-servers")
    fast = new_ray_index(2, tmp_path, name="two-servers")
    ids = np.arange(10)
    assert slow.sequence == fast.sequence == 0
    slow.add(ids, [minutiae(n) for n in range(10)], labels_of(ids))
    fast.add(ids[:5], [minutiae(n) for n in range(5)], labels_of(ids[:5]))
    fast.sequence = 20
    slow.sequence = 10
    assert slow.sequence == 20
    assert slow.held(ids) == fast.held(ids) == [0, 1, 2, 3, 4]
    slow.drop()


@pytest.mark.slow
@pytest.mark.parametrize("saved", [False, True], ids=["without a snapshot", "with a snapshot"])
def test_a_killed_partition_is_an_error_and_comes_back_whole(
    saved: bool, tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    index = new_ray_index(3, tmp_path / "index", secret=store.snapshot_secret, newest=store.last_sequence)
    gallery = Gallery(store, recogniser, index)
    for person in range(3):
        enrol(store, recogniser, 100 * person)
    check_true(gallery, store, recogniser)
    if saved:
        gallery.save(tmp_path / "unused")
    enrol(store, recogniser, 1000)
    check_true(gallery, store, recogniser)
    for pid in pids(index)[:2]:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(PartitionsMissing, match=r"^[0-2] of 3 partitions") as caught:
        search_until_an_error(index)
    assert caught.value.code == "partitions_missing"
    check_true(gallery, store, recogniser)
    index.drop()


@pytest.mark.slow
def test_a_partition_that_answers_late_is_an_error_until_it_answers(tmp_path: Path) -> None:
    index = new_ray_index(2, tmp_path)
    index.add(np.arange(50), [minutiae(n) for n in range(50)], labels_of(np.arange(50)))
    assert index.search(minutiae(3), 1).ids.tolist() == [3]
    index._deadline = 2.0
    stopped = pids(index)[1]
    os.kill(stopped, signal.SIGSTOP)
    try:
        with pytest.raises(PartitionsMissing, match=r"1 of 2 partitions .* answered within 2 seconds"):
            index.search(minutiae(3), 1)
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert eventually(lambda: index.search(minutiae(3), 1)).ids.tolist() == [3]
    index.drop()


@pytest.mark.slow
def test_partitions_of_a_killed_node_come_back_on_another(
    tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser
) -> None:
    cluster = shared_cluster()
    node = add_node(cluster)
    index = new_ray_index(6, tmp_path / "index", secret=store.snapshot_secret, newest=store.last_sequence)
    gallery = Gallery(store, recogniser, index)
    enrol(store, recogniser, 0)
    check_true(gallery, store, recogniser)
    before = pids(index)
    cluster.remove_node(node, allow_graceful=False)
    enrol(store, recogniser, 100)
    check_true(gallery, store, recogniser)
    assert pids(index) != before
    index.drop()


@pytest.mark.slow
def test_two_layouts_answer_side_by_side(tmp_path: Path, store: RecordStore, recogniser: FingerprintRecogniser) -> None:
    """So servers change to more partitions one after the other, and the old ones are dropped at the end."""
    settings = {"secret": store.snapshot_secret, "newest": store.last_sequence, "name": "growing"}
    old = new_ray_index(2, tmp_path / "index", **settings)
    before = Gallery(store, recogniser, old)
    enrol(store, recogniser, 0)
    check_true(before, store, recogniser)
    new = new_ray_index(3, tmp_path / "index", **settings)
    after = Gallery(store, recogniser, new)
    enrol(store, recogniser, 100)
    check_true(after, store, recogniser)
    check_true(before, store, recogniser)
    before.save(tmp_path / "unused")
    after.save(tmp_path / "unused")
    assert len(list((tmp_path / "index").glob("*.index"))) == 5
    old.drop()
    enrol(store, recogniser, 200)
    check_true(after, store, recogniser)
    new.drop()


@pytest.mark.slow
def test_a_partition_of_another_model_is_refused(tmp_path: Path) -> None:
    index = new_ray_index(1, tmp_path, name="a-model")
    with pytest.raises(ModelMismatch, match="another model"):
        new_ray_index(1, tmp_path, name="a-model", space="cd" * 32)
    index.drop()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["another layout", "ahead of the database", "damaged"])
def test_a_snapshot_that_does_not_fit_is_ignored(fault: str, tmp_path: Path) -> None:
    index = new_ray_index(2, tmp_path, name=f"a-{fault.split()[0]}")
    assert index.sequence == 0
    index.add(np.arange(50), [minutiae(n) for n in range(50)], labels_of(np.arange(50)))
    index.sequence = 50
    index.save(tmp_path / "unused", "unused")
    index.drop()
    first, second = sorted(tmp_path.glob("*.index"))
    if fault == "another layout":
        second.replace(first)
    elif fault == "damaged":
        first.write_bytes(first.read_bytes()[:-1])
    newest = 49 if fault == "ahead of the database" else 50
    again = eventually(lambda: new_ray_index(2, tmp_path, name=f"a-{fault.split()[0]}", newest=lambda: newest))
    assert again.sequence == 0
    again.drop()


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_the_search_goes_on(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    index = new_ray_index(2, tmp_path / "index")
    index.add(np.arange(50), [minutiae(n) for n in range(50)], labels_of(np.arange(50)))
    with pytest.raises(StoreUnavailable, match="cannot be saved"):
        index.save(tmp_path / "unused", "unused")
    assert index.search(minutiae(3), 1).ids.tolist() == [3]
    index.drop()
