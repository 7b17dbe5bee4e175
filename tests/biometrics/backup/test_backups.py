"""A backup is made while the station works, holds no key, and brings back all but what was destroyed since."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from image_places import held, opened
from moves import content, differing
from records_examples import FACE_MODEL, encounter, photo_of, print_of, search_for
from restoring_station import restore_station, without_state
from sqlalchemy import select

from biometrics.backup.backup import back_up
from biometrics.backup.key_export import KeyCopy, left_behind, rewrite
from biometrics.backup.manifest import DATABASE, IMAGES, MANIFEST
from biometrics.backup.replicate import MoveResult
from biometrics.backup.restore import Dropped, unlocked
from biometrics.kernel.atomic_file import part_of, whole_file
from biometrics.kernel.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.errors import BackupDamaged, InvalidField, MasterKeyMissing, MoveRefused, UnknownRecord
from biometrics.kernel.person import Person
from biometrics.records.key_store import KeyStore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys, add_to_file
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys
from biometrics.use_cases.enrol import store_encounter, store_person
from biometrics.use_cases.identify import store_search
from biometrics.use_cases.retention import Retention

SCRIPT = Path(__file__).parents[2] / "support" / "back_up_until_killed.py"
TODAY = dt.date.today()
FREED = Outcome(CourtEvent.DECISION, dt.date(2025, 1, 7), "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
NOTHING = Dropped(0, 0, 0)
MASTERS = MasterKeys.of_environment()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder / "keys"


def made(url: str, images: ImageStore, backup: Path, keys: Path, masters: MasterKeys = MASTERS) -> MoveResult:
    return back_up((url, images, masters), backup, keys, 100, lambda *_: None)


def restored(backup: Path, keys: Path, url: str, images: ImageStore) -> tuple[MoveResult, Dropped]:
    return restore_station(backup, keys, url, images, MasterKeys.of_environment())


def keys_of(store: RecordStore) -> dict[str, bytes]:
    """Return all wrapped keys but that of saved indexes, which a restored station makes anew."""
    with store.database.reading() as connection:
        return {row.id: row.wrapped for row in connection.execute(select(data_keys)) if row.id != SNAPSHOTS}


@pytest.mark.essential
def test_a_restored_station_is_the_station(
    station: RecordStore, database_url: str, images: ImageFolder, target_url: str, place: str, backup: Path, keys: Path
) -> None:
    """From one kind of database to the other, images to a folder and to a bucket."""
    assert differing(made(database_url, images, backup, keys)) == {}
    done, dropped = restored(backup, keys, target_url, opened(place))
    assert (differing(done), dropped) == ({}, NOTHING)
    assert without_state(target_url) == without_state(database_url)
    assert held(opened(place)) == held(images)
    with RecordStore.open(target_url, opened(place)) as again:
        ids = range(1, 50)
        assert again.templates.load(ids) == station.templates.load(ids)
        assert again.identity == station.identity
        assert keys_of(again) == keys_of(station)
        assert store_person(again, Person("New"), encounter(), [print_of("new")]).national_number


def test_a_backup_holds_no_key(
    station: RecordStore, database_url: str, images: ImageFolder, backup: Path, keys: Path
) -> None:
    """Neither wrapped nor open; they are in the file beside it, all but that of saved indexes."""
    made(database_url, images, backup, keys)
    with station.database.reading() as connection:
        wrapped = {row.id: row.wrapped for row in connection.execute(select(data_keys))}
    copied = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert not [owner for owner, key in wrapped.items() if key in copied]
    assert content(f"sqlite:///{backup / DATABASE}")["data_keys"] == []
    assert KeyCopy.read(keys).keys.keys() == wrapped.keys() - {"snapshots"}
    assert keys.stat().st_mode & 0o777 == 0o600


def test_changes_during_a_backup_are_in_it_or_in_the_next(
    station: RecordStore,
    database_url: str,
    images: ImageFolder,
    target_url: str,
    tmp_path: Path,
    backup: Path,
    keys: Path,
) -> None:
    late: list[str] = []

    def interfere(table: str, done: int, _: int) -> None:
        if table in ("encounters", "samples", "templates") and not done and len(late) < 3:
            late.append(store_person(station, Person("Late"), encounter(), [print_of(table)]).record_id)

    done = back_up((database_url, images, MasterKeys.of_environment()), backup, keys, 100, interfere)
    assert (differing(done), len(late)) == ({}, 3)
    last = store_person(station, Person("Last"), encounter(), [print_of("last")]).record_id
    again = made(database_url, images, backup, keys)
    assert (differing(again), again.complete) == ({}, True)
    restored(backup, keys, target_url, ImageFolder(tmp_path / "restored"))
    with RecordStore.open(target_url, ImageFolder(tmp_path / "restored")) as copy:
        for record_id in (*late, last):
            (sample,) = copy.people.get(record_id).encounters[0].samples
            assert copy.samples.image(sample.id) == station.samples.image(sample.id)


@pytest.fixture
def destroyed_since(
    store: RecordStore, database_url: str, images: ImageFolder, backup: Path, keys: Path
) -> tuple[str, str, str, int]:
    """Back up; then have one person's samples destroyed, and one of two encounters of another; keep the ids."""
    whole = store_person(store, Person("Whole"), encounter(), [print_of("whole"), photo_of("whole")])
    part = store_person(store, Person("Part"), encounter(), [print_of("part")])
    stays = store_encounter(store, part.record_id, encounter(fir_number="2"), [photo_of("stays")])
    other = store_person(store, Person("Other"), encounter(), [photo_of("other")])
    store_search(store, search_for(other.record_id))
    made(database_url, images, backup, keys)
    for enrolment in (whole, part):
        store.editor.add_outcome(enrolment.encounter_id, FREED)
    certificates = Retention(store).run(TODAY)
    assert [certificate.content["key_copies"] for certificate in certificates] == [{str(keys): True}] * 2
    return whole.record_id, part.record_id, other.record_id, stays.sample_ids[0]


def test_samples_destroyed_since_the_backup_do_not_come_back(
    destroyed_since: tuple[str, str, str, int],
    store: RecordStore,
    target_url: str,
    tmp_path: Path,
    backup: Path,
    keys: Path,
) -> None:
    """Not the person, not the encounter; the rest does, but for what an older backup has under a dead key."""
    whole, part, other, stays = destroyed_since
    done, dropped = restored(backup, keys, target_url, ImageFolder(tmp_path / "restored"))
    assert (differing(done), dropped) == ({}, Dropped(2, 1, 0))
    with RecordStore.open(target_url, ImageFolder(tmp_path / "restored")) as copy:
        with pytest.raises(UnknownRecord):
            copy.people.get(whole)
        (left,) = copy.people.get(part).encounters
        assert left.samples == ()
        assert [stored.template.data for stored in copy.templates.of_records([other], [FACE_MODEL])[other]] == [
            b"face other"
        ]
        assert copy.templates.ids(*_space()).tolist() == [4 + 1]
    assert store.samples.image(stays) == b"photo stays"


def _space() -> tuple[object, str]:
    return photo_of("x").template.modality, FACE_MODEL


def test_a_newer_backup_brings_back_what_stayed(
    destroyed_since: tuple[str, str, str, int],
    database_url: str,
    images: ImageFolder,
    target_url: str,
    tmp_path: Path,
    backup: Path,
    keys: Path,
) -> None:
    _, part, _, stays = destroyed_since
    made(database_url, images, backup, keys)
    done, dropped = restored(backup, keys, target_url, ImageFolder(tmp_path / "restored"))
    assert (differing(done), dropped) == ({}, NOTHING)
    with RecordStore.open(target_url, ImageFolder(tmp_path / "restored")) as copy:
        assert copy.samples.image(stays) == b"photo stays"
        assert len(copy.people.get(part).encounters) == 1


def test_no_copy_of_the_keys_opens_what_was_destroyed(
    destroyed_since: tuple[str, str, str, int], backup: Path, keys: Path
) -> None:
    """The backup of before still holds the sealed samples; and an old copy of the keys, kept aside, would open them."""
    samples = [1, 2, 3]
    masters = MasterKeys.of_environment()
    assert unlocked(backup, samples, KeyCopy.read(keys), masters) == []
    assert unlocked(backup, [*samples, 5], KeyCopy.read(keys), masters) == ["5"]


def test_a_copy_of_the_keys_that_was_hidden_is_what_is_not_defended(
    store: RecordStore, database_url: str, images: ImageFolder, backup: Path, keys: Path
) -> None:
    """It is found by `verify`, and dies with the master key: docs/decisions/0014."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    made(database_url, images, backup, keys)
    shutil.copy(keys, keys.with_name("hidden"))
    store.editor.add_outcome(done.encounter_id, FREED)
    Retention(store).run(TODAY)
    masters = MasterKeys.of_environment()
    assert unlocked(backup, [1], KeyCopy.read(keys.with_name("hidden")), masters) == ["1"]
    with pytest.raises(MasterKeyMissing):
        unlocked(backup, [1], KeyCopy.read(keys.with_name("hidden")), MasterKeys.of_text(AesMasterKey.new().text))


def test_a_copy_that_cannot_be_reached_is_reported(
    store: RecordStore,
    database_url: str,
    images: ImageFolder,
    backup: Path,
    keys: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The destruction goes on; the certificate says which copy still holds the key."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    made(database_url, images, backup, keys)
    keys.parent.rename(keys.parent.with_name("unmounted"))
    store.editor.add_outcome(done.encounter_id, FREED)
    (certificate,) = Retention(store).run(TODAY)
    assert certificate.content["key_copies"] == {str(keys): False}
    assert "still holds destroyed keys" in caplog.text


def test_copies_of_the_keys_follow_a_rotation(
    database_url: str, images: ImageFolder, target_url: str, tmp_path: Path, backup: Path, keys: Path
) -> None:
    """A backup of before is restored with the new master alone; a master that a copy needs is not retired."""
    master = tmp_path / "master.key"
    with RecordStore.open(database_url, images, MasterKeys.of_file(master)) as store:
        store_person(store, Person("Ram"), encounter(), [print_of("one")])
        made(database_url, images, backup, keys, MasterKeys.of_file(master))
        old = KeyCopy.read(keys).master_id
        new = add_to_file(master).id
        KeyStore(store).rotate(lambda *_: None)
        assert KeyStore(store).copies() == {str(keys): new}
        assert KeyStore(store).masters_in_use() == {new}
        assert {key.master_id for key in KeyCopy.read(keys).keys.values()} == {new} != {old}
    newest = MasterKeys(lambda: [key for key in MasterKeys.of_file(master).all() if key.id == new])
    done, dropped = restore_station(backup, keys, target_url, ImageFolder(tmp_path / "r"), newest)
    assert (differing(done), dropped) == ({}, NOTHING)


def test_a_backup_that_was_changed_or_not_finished_is_refused(
    store: RecordStore,
    database_url: str,
    images: ImageFolder,
    target_url: str,
    tmp_path: Path,
    backup: Path,
    keys: Path,
) -> None:
    """Any byte of its database counts; of its images each is under the digest of its bytes."""
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    made(database_url, images, backup, keys)
    target = ImageFolder(tmp_path / "restored")
    whole = (backup / DATABASE).read_bytes()
    for at in range(0, len(whole), len(whole) // 7):
        (backup / DATABASE).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BackupDamaged, match="changed or is damaged"):
            restored(backup, keys, target_url, target)
    (backup / DATABASE).write_bytes(whole)
    lines = keys.read_text().splitlines()
    for cut in (lines[:-1], [], ["[]"], ["{}", "{}"], lines[:1] + lines[2:]):
        keys.with_name("cut").write_text("\n".join(cut))
        with pytest.raises(BackupDamaged, match="keys"):
            restored(backup, keys.with_name("cut"), target_url, target)
    (image,) = (path for path in (backup / IMAGES).rglob("*") if path.is_file() and len(path.name) == 64)
    intact = image.read_bytes()
    image.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    done, _ = restored(backup, keys, target_url, target)
    assert "images that cannot be read" in differing(done)
    (backup / MANIFEST).unlink()
    with pytest.raises(BackupDamaged, match="no finished backup"):
        restored(backup, keys, target_url, target)


def test_places_that_must_not_be_are_refused(
    store: RecordStore, database_url: str, images: ImageFolder, tmp_path: Path, backup: Path, keys: Path
) -> None:
    """Keys inside the backup; a target in use; keys of another station; a folder of another station's."""
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    with pytest.raises(InvalidField, match="must not lie in the backup"):
        made(database_url, images, backup, backup / "keys")
    assert not backup.exists()
    made(database_url, images, backup, keys)
    with pytest.raises(MoveRefused):
        restored(backup, keys, database_url, ImageFolder(tmp_path / "r"))
    with RecordStore.open(f"sqlite:///{tmp_path / 'other.db'}", ImageFolder(tmp_path / "others")) as other:
        store_person(other, Person("Other"), encounter(), [print_of("other")])
        with pytest.raises(MoveRefused):
            made(f"sqlite:///{tmp_path / 'other.db'}", other.images, backup, keys)
        made(f"sqlite:///{tmp_path / 'other.db'}", other.images, tmp_path / "b2", keys.with_name("other"))
    made(database_url, images, backup, keys)
    with pytest.raises(MoveRefused, match="another station"):
        restored(backup, keys.with_name("other"), f"sqlite:///{tmp_path / 'new.db'}", ImageFolder(tmp_path / "r"))


@pytest.mark.slow
def test_a_backup_or_a_restoring_that_is_killed_goes_on(
    store: RecordStore,
    database_url: str,
    images: ImageFolder,
    target_url: str,
    tmp_path: Path,
    backup: Path,
    keys: Path,
) -> None:
    """Until it was finished a backup is none; what was restored by half is completed by the next run."""
    for number in range(6):
        store_person(store, Person(f"Asha {number}"), encounter(), [print_of(f"{number}")])
    for what, url, folder in (
        ("backup", database_url, str(tmp_path / "images")),
        ("restore", target_url, str(tmp_path / "restored")),
    ):
        outputs = []
        for steps in (8, 14, 10_000):
            arguments = [sys.executable, str(SCRIPT), what, url, folder, str(backup), str(keys), str(steps)]
            ran = subprocess.run(arguments, capture_output=True, text=True, timeout=600)
            assert ran.returncode in (0, -9), ran.stderr
            outputs.append(ran.stdout)
            if what == "backup":
                assert (backup / MANIFEST).exists() == (ran.stdout == "done\n")
        assert outputs == ["", "", "done\n"]
    assert json.loads((backup / MANIFEST).read_text())["rows"]["samples"] == 6
    assert without_state(target_url) == without_state(database_url)
    with RecordStore.open(target_url, ImageFolder(tmp_path / "restored")) as copy:
        assert [copy.samples.image(number) for number in (1, 6)] == [b"image 0", b"image 5"]


def killed_while_writing_keys(database_url: str, tmp_path: Path, backup: Path, keys: Path, lines: int) -> None:
    arguments = [sys.executable, str(SCRIPT), "keys", database_url, str(tmp_path / "images"), str(backup), str(keys)]
    ran = subprocess.run([*arguments, str(lines)], capture_output=True, text=True, timeout=600)
    assert ran.returncode == -9, ran.stderr


def test_keys_left_by_a_killed_writer_go_with_the_next_destruction(
    store: RecordStore, database_url: str, tmp_path: Path, backup: Path, keys: Path
) -> None:
    """The part that it had written holds keys of people who are destroyed later."""
    people = [store_person(store, Person(f"P {n}"), encounter(), [print_of(f"{n}")]) for n in range(60)]
    killed_while_writing_keys(database_url, tmp_path, backup, keys, 60)
    left = dict(left_behind(keys))
    assert not keys.exists()
    freed = next(person for person in people if person.record_id in left)
    store.editor.add_outcome(freed.encounter_id, FREED)
    (certificate,) = Retention(store).run(TODAY)
    assert certificate.content["key_copies"] == {str(keys): True}
    assert [path.name for path in keys.parent.iterdir()] == [keys.name]
    assert freed.record_id not in KeyCopy.read(keys).keys
    assert len(KeyCopy.read(keys).keys) >= 59


def test_a_copy_that_is_forgotten_leaves_no_part(
    store: RecordStore, database_url: str, tmp_path: Path, backup: Path, keys: Path
) -> None:
    """Nobody would write it, and so clear it, any more."""
    for number in range(60):
        store_person(store, Person(f"P {number}"), encounter(), [print_of(f"{number}")])
    killed_while_writing_keys(database_url, tmp_path, backup, keys, 60)
    assert part_of(keys).exists()
    assert KeyStore(store).forget_copy(str(keys))
    assert list(keys.parent.iterdir()) == []


@pytest.mark.both_databases
def test_of_two_writers_of_the_keys_the_second_writes_the_newest(
    store: RecordStore, database_url: str, images: ImageFolder, backup: Path, keys: Path
) -> None:
    """One who read before a key was destroyed would else put it back, after the certificate said that it was gone."""
    freed = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    made(database_url, images, backup, keys)
    with ThreadPoolExecutor(1) as pool:
        with whole_file(keys) as slow:
            slow.write(keys.read_text())
            waiting = pool.submit(rewrite, store.database)
            with store.database.writing() as connection:
                store.keys.destroy(connection, freed.record_id)
        assert waiting.result() == {str(keys): True}
    assert freed.record_id not in KeyCopy.read(keys).keys
