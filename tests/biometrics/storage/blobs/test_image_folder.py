"""What is particular to images in a folder."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from records_examples import encounter, print_of

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique import atomic_file
from biometrics.records.store import RecordStore
from biometrics.storage.blobs import folder as image_folder
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person


def test_a_file_lies_two_levels_down(tmp_path: Path) -> None:
    """And nothing else stays."""
    images = ImageFolder(tmp_path / "deep" / "images")
    digest = images.put(b"a print")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / "deep" / "images" / digest[:2] / digest[2:4] / digest]


def test_a_folder_that_cannot_be_made_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="folder"):
        ImageFolder(tmp_path / "file" / "images")


def test_files_cut_off_are_swept_and_files_that_are_not_ours_stay(
    store: RecordStore, images: ImageFolder, tmp_path: Path
) -> None:
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    (tmp_path / "images" / "incoming" / "half").write_bytes(b"half an ima")
    (tmp_path / "images" / "README").write_text("the operator's own")
    assert store.sweep(timedelta()) == 1
    assert (tmp_path / "images" / "README").exists()
    assert len(list(images.digests())) == 1


def test_a_folder_that_was_unmounted_is_not_an_image_lost(tmp_path: Path) -> None:
    images = ImageFolder(tmp_path / "images")
    (tmp_path / "images").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="mounted"):
        images.marks()


def test_of_files_stored_together_none_is_cut_off(tmp_path: Path) -> None:
    """Where one cannot be written, the others are whole or not there, and nothing stays of the one."""
    images = ImageFolder(tmp_path / "images")
    files = {sha256(content).hexdigest(): content for content in (b"a thumb", b"a palm")}
    blocked = next(iter(files))
    (tmp_path / "images" / blocked[:2] / blocked[2:4] / blocked).mkdir(parents=True)
    with pytest.raises(StoreUnavailable):
        images.put_all(files)
    assert not list((tmp_path / "images" / "incoming").iterdir())
    assert all(path.read_bytes() in files.values() for path in tmp_path.rglob("*") if path.is_file())


def test_many_files_are_on_the_disk_before_they_get_their_names_and_then_the_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, named, real = ImageFolder(tmp_path / "images"), [], atomic_file.sync_file_system

    def counted(folder: Path) -> bool:
        named.append(len(list(images.digests())))
        return real(folder)

    for module in (atomic_file, image_folder):
        monkeypatch.setattr(module, "sync_file_system", counted)
        monkeypatch.setattr(module, "sync_folder", None)
    files = {sha256(content).hexdigest(): content for content in map(bytes, range(atomic_file.MANY + 50))}
    images.put_all(files)
    assert named == [0, len(files)]
    assert all(images.get(digest) == content for digest, content in files.items())
