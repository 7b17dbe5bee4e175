"""In a folder as in a bucket, image files are under their digest, and a damaged or lost one is never handed out."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from image_places import held, opened
from records_examples import encounter, print_of
from removing import remove_record

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.blobs.garbage import GRACE
from biometrics.storage.blobs.upload import LONGEST, Uploads
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person


@pytest.fixture
def kept(place: str) -> ImageStore:
    return opened(place)


def test_a_file_is_stored_once_under_its_digest(kept: ImageStore, place: str) -> None:
    digest = kept.put(b"a print")
    assert digest == kept.put(b"a print") == sha256(b"a print").hexdigest()
    assert kept.get(digest) == b"a print"
    assert held(opened(place)) == {digest: b"a print"}


@pytest.mark.parametrize("content", [b"", b"\x00" * 25_000_000], ids=["empty", "of 25 MB"])
def test_a_file_of_any_size_comes_back(kept: ImageStore, content: bytes) -> None:
    assert kept.get(kept.put(content)) == content


def test_a_damaged_file_is_refused_and_mended_by_its_bytes(kept: ImageStore) -> None:
    digest = kept.put(b"a print")
    kept.write(digest, b"a prink")
    with pytest.raises(StoreUnavailable, match="damaged"):
        kept.get(digest)
    kept.put(b"a print")
    assert kept.get(digest) == b"a print"


def test_files_stored_together_are_those_stored_alone(kept: ImageStore, place: str) -> None:
    files = {sha256(content).hexdigest(): content for content in (b"a thumb", b"an index finger", b"", b"a palm")}
    there, damaged = list(files)[:2]
    kept.put(files[there])
    kept.write(damaged, b"an index fingre")
    kept.put_all(files)
    assert held(opened(place)) == files
    assert kept.clear_incoming(timedelta()) == 0


def test_a_missing_file_is_named_as_such(kept: ImageStore) -> None:
    digest = kept.put(b"a print")
    assert kept.holds(digest)
    kept.delete(digest)
    kept.delete(digest)
    assert not kept.holds(digest)
    with pytest.raises(StoreUnavailable, match="missing"):
        kept.get(digest)


def test_all_of_many_files_are_walked_through(kept: ImageStore) -> None:
    kept.mark("somebody", b"a station")
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(kept.put, (f"print {number}".encode() for number in range(1001))))
    walked = list(kept.digests())
    assert sorted(walked) == sorted(stored)
    assert len(set(walked)) == 1001


def test_marks_are_kept_with_the_images(kept: ImageStore, place: str) -> None:
    assert kept.marks() == {}
    kept.mark("one", b"a station")
    kept.mark("two", b"a station")
    kept.mark("one", b"another station")
    assert opened(place).marks() == {"one": b"another station", "two": b"a station"}


def test_a_sweep_removes_only_what_no_sample_refers_to(database_url: str, kept: ImageStore) -> None:
    with RecordStore.open(database_url, kept) as store:
        done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
        kept.put(b"left behind")
        assert store.sweep(timedelta()) == 1
        assert store.sweep(timedelta()) == 0
        assert store.samples.image(done.sample_ids[0]) == b"image one"


def test_of_several_servers_one_a_day_sweeps_each_part(database_url: str, kept: ImageStore) -> None:
    day = timedelta(days=1)
    with RecordStore.open(database_url, kept) as store:
        left = {kept.put(f"left behind {number}".encode()) for number in range(100)}
        looks = iter([False] * 4)  # before the first part, twice in it, and before the second
        first = store.sweep(timedelta(), day, lambda: next(looks, True))
        assert first == sum(digest.startswith("0") for digest in left) > 0
        assert store.sweep(timedelta(), day) == sum(digest[0] not in "01" for digest in left)
        assert store.sweep(timedelta(), day) == 0
        assert store.sweep(timedelta()) == sum(digest.startswith("1") for digest in left) > 0


@pytest.mark.both_databases
def test_an_image_that_two_records_share_survives_the_removal_of_one_at_any_moment(
    database_url: str, place: str
) -> None:
    """Whoever stores bytes while somebody else removes the same ones still finds them afterwards."""
    done_by_keepers: list[int] = []

    def remove_again_and_again() -> None:
        with RecordStore.open(database_url, opened(place)) as store:
            for _ in range(12):
                remove_record(store, store_person(store, Person("Ram"), encounter(), [print_of("shared")]).record_id)
                store.sweep()

    def keep() -> None:
        with RecordStore.open(database_url, opened(place)) as store:
            for _ in range(12):
                done = store_person(store, Person("Sita"), encounter(), [print_of("shared")])
                assert store.samples.image(done.sample_ids[0]) == b"image shared"
                remove_record(store, done.record_id)
                done_by_keepers.append(1)

    threads = [threading.Thread(target=work) for work in (remove_again_and_again, keep, keep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done_by_keepers) == 24


def test_a_sweep_leaves_what_an_unfinished_request_has_stored(
    database_url: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RecordStore.open(database_url, opened(place)) as store, RecordStore.open(database_url, opened(place)) as other:
        prepare = Uploads.prepare

        def prepare_and_sweep(uploads: Uploads, *rest: Any) -> None:
            prepare(uploads, *rest)
            assert len(list(other.images.digests())) == 1
            assert other.sweep() == 0

        monkeypatch.setattr(Uploads, "prepare", prepare_and_sweep)
        done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
        assert store.samples.image(done.sample_ids[0]) == b"image one"


def test_a_sweep_takes_what_is_older_than_the_grace_period(database_url: str, tmp_path: Path) -> None:
    images = ImageFolder(tmp_path / "images")
    with RecordStore.open(database_url, images) as store:
        done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
        old, young = images.put(b"old"), images.put(b"young")
        (tmp_path / "images" / "incoming" / "half").write_bytes(b"half an ima")
        for path in (tmp_path / "images").rglob("*"):
            if path.is_file() and path.name != young:
                os.utime(path, (time.time() - GRACE.total_seconds() - 60,) * 2)
        assert store.sweep() == 2
        assert (images.holds(old), images.holds(young)) == (False, True)
        assert store.samples.image(done.sample_ids[0]) == b"image one"


def test_each_upload_of_the_same_image_is_a_file_of_its_own(store: RecordStore, images: ImageFolder) -> None:
    """So a file that nothing refers to is never the one that another request is about to refer to."""
    for _ in range(2):
        store_person(store, Person("Ram"), encounter(), [print_of("same"), print_of("same", FingerPosition.LEFT_THUMB)])
    assert len(set(images.digests())) == 4


def test_a_request_that_took_too_long_refers_to_nothing_that_a_sweep_may_take(
    store: RecordStore, images: ImageFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, now = Uploads.prepare, time.time

    def prepare_and_sleep(uploads: Uploads, *rest: Any) -> None:
        prepare(uploads, *rest)
        monkeypatch.setattr(time, "time", lambda: now() + LONGEST + 1)

    monkeypatch.setattr(Uploads, "prepare", prepare_and_sleep)
    with pytest.raises(StoreUnavailable, match="again"):
        store_person(store, Person("Ram"), encounter(), [print_of("one")])
    assert (store.record_count(), list(images.digests())) == (0, [])
    assert timedelta(seconds=LONGEST) < GRACE / 10


def test_a_key_that_changes_during_an_upload_is_noticed(
    store: RecordStore, images: ImageFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    survivor = store.create_record(Person("Ram Kumar"), "27")
    prepare = Uploads.prepare

    def prepare_and_merge(uploads: Uploads, *rest: Any) -> None:
        prepare(uploads, *rest)
        monkeypatch.setattr(Uploads, "prepare", prepare)
        store.editor.merge(survivor.id, survivor.version, first.record_id, "one person")

    monkeypatch.setattr(Uploads, "prepare", prepare_and_merge)
    done = store_encounter(store, first.record_id, encounter(fir_number="2"), [print_of("two")])
    assert done.record_id == survivor.id
    assert store.samples.image(done.sample_ids[0]) == b"image two"
    assert len(list(images.digests())) == 2
