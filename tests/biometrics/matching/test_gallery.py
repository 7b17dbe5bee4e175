"""A gallery answers from what the database holds, however it got there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from records_examples import encounter
from removing import remove_record
from slow_snapshots import hold_snapshots
from sqlalchemy import select, update

from biometrics.kernel.errors import SnapshotDamaged
from biometrics.kernel.people.labels import Filter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.matching import gallery as gallery_module
from biometrics.matching.gallery import BATCH, Gallery
from biometrics.matching.ports import SearchIndex
from biometrics.records.store import RecordStore
from biometrics.storage.tables.keys import SNAPSHOTS
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.enrolment.enrol import store_person
from face.codec import encode
from face.modality import FACE
from face.recogniser import FaceRecogniser
from index import snapshot, snapshot_file
from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from models.registry import ModelRegistry


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FaceRecogniser:
    return FaceRecogniser(ModelRegistry(tmp_path_factory.mktemp("models")))


def unit(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=128).astype(np.float32)
    return vector / np.linalg.norm(vector)


def enrol(store: RecordStore, recogniser: FaceRecogniser, seeds: range) -> tuple[str, tuple[int, ...]]:
    samples = [
        EnrolledSample(
            Sample(FACE, b"photo %d" % seed),
            Source("image/jpeg", 30, 40, None),
            Template(FACE, recogniser.model, encode(unit(seed)), 80),
        )
        for seed in seeds
    ]
    enrolment = store_person(store, Person("Asha"), encounter(), samples)
    return enrolment.record_id, enrolment.template_ids


@pytest.fixture(params=[ExactIndex, FaissIndex])
def open_gallery(
    request: pytest.FixtureRequest, store: RecordStore, recogniser: FaceRecogniser
) -> Callable[[], Gallery]:
    def opened() -> Gallery:
        index: SearchIndex = request.param(recogniser.dimension)
        return Gallery(store.templates, recogniser, index)

    return opened


class Forgetful(FaissIndex):
    """An index, as one on a server, that loses everything between two looks at its number."""

    looks = 0

    @property
    def sequence(self) -> int:
        self.looks += 1
        if self.looks == self.loses_at:
            self.remove(np.arange(1000))
            self._at = 0
        return self._at

    @sequence.setter
    def sequence(self, number: int) -> None:
        self._at = number

    loses_at = -1
    _at = 0


@pytest.mark.parametrize("after", range(1, 6))
def test_batches_that_were_read_ahead_are_read_again_where_the_index_lost_templates(
    after: int, store: RecordStore, recogniser: FaceRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_module, "BATCH", 2)
    removed, _ = enrol(store, recogniser, range(3))
    _, kept = enrol(store, recogniser, range(3, 9))
    remove_record(store, removed)
    index = Forgetful(recogniser.dimension)
    index.loses_at = after
    gallery = Gallery(store.templates, recogniser, index)
    gallery.catch_up()
    assert sorted(gallery.search(unit(4), 10).ids.tolist()) == sorted(kept)
    assert gallery.sequence == store.templates.last_sequence()


@pytest.mark.parametrize("after", range(1, 4))
def test_templates_lost_by_an_index_while_changes_were_read_are_added_again(
    after: int, store: RecordStore, recogniser: FaceRecogniser
) -> None:
    """The changes that were read lead on from a number that it no longer has: applying them would leave a gap."""
    index = Forgetful(recogniser.dimension)
    gallery = Gallery(store.templates, recogniser, index)
    first = enrol(store, recogniser, range(3))[1]
    assert sorted(gallery.search(unit(0), 10).ids.tolist()) == sorted(first)
    second = enrol(store, recogniser, range(3, 5))[1]
    index.loses_at = index.looks + after
    gallery.catch_up()
    assert sorted(gallery.search(unit(0), 10).ids.tolist()) == sorted([*first, *second])


def test_enrolled_people_are_found_and_removed_ones_are_not(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    gallery = open_gallery()
    first, first_ids = enrol(store, recogniser, range(3))
    _, second_ids = enrol(store, recogniser, range(3, 5))
    assert gallery.search(unit(1), 1).ids.tolist() == [first_ids[1]]
    remove_record(store, first)
    assert sorted(gallery.search(unit(1), 9).ids.tolist()) == sorted(second_ids)
    assert (len(gallery), gallery.sequence) == (2, store.templates.last_sequence())


@pytest.mark.essential
def test_a_rebuilt_gallery_equals_one_that_followed(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    followed = open_gallery()
    removed, _ = enrol(store, recogniser, range(10))
    followed.catch_up()
    enrol(store, recogniser, range(100, 100 + BATCH + 5))
    remove_record(store, removed)
    rebuilt = open_gallery()
    for seed in (0, 100, 1100):
        assert rebuilt.search(unit(seed), 20).ids.tolist() == followed.search(unit(seed), 20).ids.tolist()
    assert len(rebuilt) == len(followed) == BATCH + 5


def test_templates_of_another_model_are_not_searched(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    other = Template(FACE, "b" * 64, encode(unit(1)), 80)
    source = Source("image/jpeg", 30, 40, None)
    photo = EnrolledSample(Sample(FACE, b"photo"), source, other)
    store_person(store, Person("Ravi"), encounter(), [photo])
    assert len(open_gallery().search(unit(1), 5).ids) == 0


def test_probes_that_are_searched_together_get_the_hits_of_each_alone(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    gallery = open_gallery()
    _, ids = enrol(store, recogniser, range(6))
    probes = [(unit(seed), where) for seed in (4, 1) for where in (Filter(), Filter(sexes=frozenset({Sex.FEMALE})))]
    with ThreadPoolExecutor(2) as threads:
        together = gallery.search_all(probes, 3, threads)
    for hits, (probe, where) in zip(together, probes, strict=True):
        assert hits.ids.tolist() == gallery.search(probe, 3, where).ids.tolist()
    assert [hits.ids[0] for hits in together] == [ids[4], ids[4], ids[1], ids[1]]  # no sex is known


def test_a_saved_gallery_goes_on_from_where_it_was(
    store: RecordStore, recogniser: FaceRecogniser, tmp_path: Path
) -> None:
    path = tmp_path / "face.index"
    enrol(store, recogniser, range(3))
    saved = Gallery(store.templates, recogniser, FaissIndex(recogniser.dimension))
    saved.catch_up()
    saved.save(path)
    _, ids = enrol(store, recogniser, range(3, 5))
    restored = partial(FaissIndex.restored, dimension=recogniser.dimension)
    loaded = snapshot.load(
        path, recogniser.feature_space, {FaissIndex.KIND: restored}, store.templates.snapshot_secret()
    )
    assert loaded.sequence < store.templates.last_sequence()
    gallery = Gallery(store.templates, recogniser, loaded)
    assert gallery.search(unit(4), 1).ids.tolist() == [ids[1]]
    assert len(gallery) == 5


def test_a_snapshot_is_rewritten_when_its_key_was_replaced(
    store: RecordStore, recogniser: FaceRecogniser, tmp_path: Path
) -> None:
    """The old file is dead from that moment; an index to which nothing happened must not lose its file by that."""
    path = tmp_path / "face.index"
    enrol(store, recogniser, range(3))
    gallery = Gallery(store.templates, recogniser, FaissIndex(recogniser.dimension))
    gallery.catch_up()
    gallery.save(path)
    old = store.templates.snapshot_secret()
    with store.database.writing() as connection:
        store.keys.replace(connection, SNAPSHOTS)
    with pytest.raises(SnapshotDamaged):
        snapshot_file.read(path, store.templates.snapshot_secret())
    gallery.save(path)
    assert snapshot_file.read(path, store.templates.snapshot_secret()).sequence == store.templates.last_sequence()
    with pytest.raises(SnapshotDamaged):
        snapshot_file.read(path, old)


@pytest.mark.both_databases
def test_a_template_that_cannot_be_decrypted_stops_nothing_and_is_counted(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    (damaged, *others) = enrol(store, recogniser, range(3))[1]
    with store.database.writing() as connection:
        of_damaged = templates.c.id == damaged
        whole = connection.execute(select(templates.c.data).where(of_damaged)).scalar_one()
        connection.execute(update(templates).where(of_damaged).values(data=whole[:-1] + bytes([whole[-1] ^ 1])))
    gallery = open_gallery()
    assert sorted(gallery.search(unit(0), 9).ids.tolist()) == others
    assert [stored.id for stored in store.templates.load([damaged, *others])] == others
    assert store.templates.unreadable_count() == 1
    assert store.templates.recheck() == 0
    with store.database.writing() as connection:
        connection.execute(update(templates).where(of_damaged).values(data=whole))
    assert (store.templates.recheck(), store.templates.unreadable_count()) == (1, 0)
    assert sorted(gallery.search(unit(0), 9).ids.tolist()) == [damaged, *others]


def test_a_snapshot_is_written_only_when_something_has_changed(
    store: RecordStore, recogniser: FaceRecogniser, tmp_path: Path
) -> None:
    path = tmp_path / "face.index"
    gallery = Gallery(store.templates, recogniser, FaissIndex(recogniser.dimension))
    gallery.save(path)
    written = path.stat().st_mtime_ns
    gallery.save(path)
    assert (path.stat().st_mtime_ns, gallery.unsaved) == (written, 0)
    enrol(store, recogniser, range(3))
    gallery.catch_up()
    assert gallery.unsaved == 3
    gallery.save(path)
    assert path.stat().st_mtime_ns > written
    assert gallery.unsaved == 0


def test_a_search_finds_a_new_person_while_a_slow_disk_writes_the_snapshot(
    open_gallery: Callable[[], Gallery],
    store: RecordStore,
    recogniser: FaceRecogniser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, gallery = tmp_path / "face.index", open_gallery()
    removed, old = enrol(store, recogniser, range(3))
    gallery.catch_up()
    sequence, secret = gallery.sequence, store.templates.snapshot_secret()
    writing, go_on = hold_snapshots(monkeypatch)
    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(gallery.save, path)
        try:
            assert writing.wait(60)
            _, new = enrol(store, recogniser, range(3, 5))
            remove_record(store, removed)
            assert sorted(gallery.search(unit(4), 9).ids.tolist()) == sorted(new)
            assert (len(gallery), saving.done()) == (2, False)
        finally:
            go_on.set()
        saving.result()
    kinds: dict[str, Callable[[snapshot_file.Snapshot], SearchIndex]] = {
        kind.KIND: partial(kind.restored, dimension=recogniser.dimension) for kind in (ExactIndex, FaissIndex)
    }
    loaded = snapshot.load(path, recogniser.feature_space, kinds, secret)
    assert (loaded.sequence, loaded.ids_present(np.array([*old, *new]))) == (sequence, list(old))
    assert sorted(Gallery(store.templates, recogniser, loaded).search(unit(4), 9).ids.tolist()) == sorted(new)
    assert gallery.unsaved > 0


def test_a_filter_uses_the_person_that_the_database_has_for_a_template(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    _, ids = enrol(store, recogniser, range(3))
    [stored] = store.templates.load(ids[:1])
    person = int(store.people.get(stored.record_id).person.national_number or 0)
    place = encounter()
    gallery = open_gallery()
    for where in (
        Filter(states=frozenset({place.state_code})),
        Filter(districts=frozenset({place.district_code}), kinds=frozenset({place.kind})),
        Filter(stations=frozenset({place.station_code}), sexes=frozenset({Sex.FEMALE}), born=(1900, 1901)),
        Filter(positions=frozenset({FingerPosition.UNKNOWN}), sexes=frozenset({Sex.MALE})),
    ):
        expected = [] if where.positions else list(ids)  # sex and year of birth are not known
        assert sorted(gallery.search(unit(1), 9, where).ids.tolist()) == expected
    for where in (
        Filter(states=frozenset({"99"})),
        Filter(stations=frozenset({"elsewhere"})),
        Filter(without=frozenset({person})),
    ):
        assert len(gallery.search(unit(1), 9, where).ids) == 0
    assert gallery.search(unit(1), 9).people.tolist() == [person] * 3


@pytest.mark.both_databases
def test_searches_and_changes_at_the_same_time_leave_nothing_out(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    gallery, go_on = open_gallery(), threading.Event()
    _, kept = enrol(store, recogniser, range(2))

    def search() -> set[int]:
        missing: set[int] = set()
        while not go_on.is_set():
            missing |= set(kept) - set(gallery.search(unit(0), 1000).ids.tolist())
        return missing

    with ThreadPoolExecutor(4) as pool:
        searching = [pool.submit(search) for _ in range(4)]
        for start in range(10, 60, 10):
            record, _ = enrol(store, recogniser, range(start, start + 10))
            if start % 20:
                remove_record(store, record)
        go_on.set()
        assert [each.result() for each in searching] == [set()] * 4
    assert len(gallery.search(unit(0), 1000).ids) == 22
