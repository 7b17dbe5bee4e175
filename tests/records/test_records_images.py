"""Image files are kept under their digest, and a damaged or lost one is never handed out."""

from __future__ import annotations

import threading
from hashlib import sha256
from pathlib import Path

import pytest
from records_examples import encounter, print_of

from biometrics.errors import StoreUnavailable
from biometrics.person import Person
from biometrics.records.images import ImageFolder
from biometrics.records.store import RecordStore


def test_a_file_is_stored_once_under_its_digest(tmp_path: Path) -> None:
    """The same bytes are one file, in two levels of folders, and nothing else stays."""
    images = ImageFolder(tmp_path / "deep" / "images")
    digest = images.put(b"a print")
    assert digest == images.put(b"a print") == sha256(b"a print").hexdigest()
    assert images.get(digest) == b"a print"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / "deep" / "images" / digest[:2] / digest[2:4] / digest]
    assert list(images.digests()) == [digest]


def test_a_damaged_file_is_refused_and_mended_by_its_bytes(images: ImageFolder, tmp_path: Path) -> None:
    """A wrong image in evidence is worse than none; the same image stored again replaces it."""
    digest = images.put(b"a print")
    (tmp_path / "images" / digest[:2] / digest[2:4] / digest).write_bytes(b"a prink")
    with pytest.raises(StoreUnavailable, match="damaged"):
        images.get(digest)
    images.put(b"a print")
    assert images.get(digest) == b"a print"


def test_a_missing_file_is_named_as_such(images: ImageFolder) -> None:
    """The database says that it was there, so a backup has it."""
    digest = images.put(b"a print")
    images.delete(digest)
    images.delete(digest)
    with pytest.raises(StoreUnavailable, match="missing"):
        images.get(digest)


def test_a_folder_that_cannot_be_made_is_named_as_such(tmp_path: Path) -> None:
    """A wrong data folder is found at the start, not at the first enrolment."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="folder"):
        ImageFolder(tmp_path / "file" / "images")


def test_a_sweep_removes_only_what_no_sample_refers_to(store: RecordStore, images: ImageFolder, tmp_path: Path) -> None:
    """Files of an enrolment that was cut off go; those of a sample, and files that are not ours, stay."""
    done = store.enrol(Person("Ram"), encounter(), [print_of("one")])
    images.put(b"left behind")
    (tmp_path / "images" / "incoming" / "half").write_bytes(b"half an ima")
    (tmp_path / "images" / "README").write_text("the operator's own")
    assert store.sweep() == 2
    assert store.sweep() == 0
    assert store.sample_image(done.sample_ids[0]) == b"image one"
    assert (tmp_path / "images" / "README").exists()


def test_an_image_that_two_records_share_survives_the_removal_of_one_at_any_moment(
    database_url: str, tmp_path: Path
) -> None:
    """Whoever stores bytes while somebody else removes the same ones still finds them afterwards."""
    folder = tmp_path / "images"
    kept: list[int] = []

    def remove_again_and_again() -> None:
        with RecordStore.open(database_url, ImageFolder(folder)) as store:
            for _ in range(12):
                store.remove_record(store.enrol(Person("Ram"), encounter(), [print_of("shared")]).record_id)
                store.sweep()

    def keep() -> None:
        with RecordStore.open(database_url, ImageFolder(folder)) as store:
            for _ in range(12):
                done = store.enrol(Person("Sita"), encounter(), [print_of("shared")])
                assert store.sample_image(done.sample_ids[0]) == b"image shared"
                store.remove_record(done.record_id)
                kept.append(1)

    threads = [threading.Thread(target=work) for work in (remove_again_and_again, keep, keep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 24
