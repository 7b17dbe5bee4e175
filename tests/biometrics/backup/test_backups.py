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
from account_examples import OPERATOR, administration
from acting import HERE, act_of
from image_places import held, opened
from moves import content, differing
from records_examples import FACE_MODEL, encounter, photo_of, print_of, search_for
from restoring_station import BackUps, restore_station, without_state
from sqlalchemy import select

from biometrics.accounts.model import NewUser
from biometrics.backup.backup import back_up
from biometrics.backup.key_export import KeyCopy, left_behind, rewrite
from biometrics.backup.manifest import DATABASE, IMAGES, MANIFEST
from biometrics.backup.restore import Dropped, unlocked
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import BackupDamaged, InvalidField, MasterKeyMissing, MoveRefused, UnknownRecord
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.technique.atomic_file import part_of, whole_file
from biometrics.kernel.technique.clock import today
from biometrics.records.key_store import KeyStore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys, add_to_file
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys
from biometrics.use_cases.accounts.own_account import save_filter
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search

SCRIPT = Path(__file__).parents[2] / "support" / "back_up_until_killed.py"
FREED = Outcome(CourtEvent.DECISION, dt.date(2025, 1, 7), "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
NOTHING = Dropped(0, 0, 0)
MASTERS = MasterKeys.of_environment()


def keys_of(store: RecordStore) -> dict[str, bytes]:
    """Return all wrapped keys but that of saved indexes, which a restored station makes anew."""
    with store.database.reading() as connection:
        return {row.id: row.wrapped for row in connection.execute(select(data_keys)) if row.id != SNAPSHOTS}


@pytest.mark.essential
def test_a_restored_station_is_the_station(station: RecordStore, place: str, backups: BackUps, target_url: str) -> None:
    assert differing(backups.made()) == {}
    done, dropped = backups.restored(target=target_url, place=opened(place))
    assert (differing(done), dropped) == ({}, NOTHING)
    assert without_state(target_url) == without_state(backups.url)
    assert held(opened(place)) == held(backups.images)
    with RecordStore.open(target_url, opened(place)) as again:
        ids = range(1, 50)
        assert again.templates.load(ids) == station.templates.load(ids)
        assert again.identity == station.identity
        assert keys_of(again) == keys_of(station)
        assert store_person(again, Person("New"), encounter(), [print_of("new")]).national_number


def test_a_backup_holds_no_key(station: RecordStore, backups: BackUps) -> None:
    backups.made()
    with station.database.reading() as connection:
        wrapped = {row.id: row.wrapped for row in connection.execute(select(data_keys))}
    copied = b"".join(path.read_bytes() for path in backups.folder.rglob("*") if path.is_file())
    assert not [owner for owner, key in wrapped.items() if key in copied]
    assert content(f"sqlite:///{backups.folder / DATABASE}")["data_keys"] == []
    assert KeyCopy.read(backups.keys).keys.keys() == wrapped.keys() - {"snapshots"}
    assert backups.keys.stat().st_mode & 0o777 == 0o600


def test_changes_during_a_backup_are_in_it_or_in_the_next(station: RecordStore, backups: BackUps) -> None:
    late: list[str] = []

    def interfere(table: str, done: int, _: int) -> None:
        if table in ("encounters", "samples", "templates") and not done and len(late) < 3:
            late.append(store_person(station, Person("Late"), encounter(), [print_of(table)]).record_id)

    done = backups.made(interfere=interfere)
    assert (differing(done), len(late)) == ({}, 3)
    last = store_person(station, Person("Last"), encounter(), [print_of("last")]).record_id
    again = backups.made()
    assert (differing(again), again.complete) == ({}, True)
    backups.restored()
    with backups.reopened() as copy:
        for record_id in (*late, last):
            (sample,) = copy.people.get(record_id).encounters[0].samples
            assert copy.samples.image(sample.id) == station.samples.image(sample.id)


def test_a_second_backup_of_an_unchanged_station_writes_nothing_again(station: RecordStore, backups: BackUps) -> None:
    backups.made()
    again = backups.made()
    assert (again.removed, again.copied) == (0, 0)


@pytest.fixture
def destroyed_since(store: RecordStore, backups: BackUps) -> tuple[str, str, str, int]:
    """Back up; then have one person's samples destroyed, and one of two encounters of another; keep the ids."""
    whole = store_person(store, Person("Whole"), encounter(), [print_of("whole"), photo_of("whole")])
    part = store_person(store, Person("Part"), encounter(), [print_of("part")])
    stays = store_encounter(store, part.record_id, encounter(fir_number="2"), [photo_of("stays")])
    other = store_person(store, Person("Other"), encounter(), [photo_of("other")])
    store_search(store, search_for(other.record_id))
    backups.made()
    for enrolment in (whole, part):
        store.editor.add_outcome(enrolment.encounter_id, FREED)
    certificates = Retention(store).run(today())
    assert [certificate.content["key_copies"] for certificate in certificates] == [{str(backups.keys): True}] * 2
    return whole.record_id, part.record_id, other.record_id, stays.sample_ids[0]


def test_samples_destroyed_since_the_backup_do_not_come_back(
    destroyed_since: tuple[str, str, str, int], store: RecordStore, backups: BackUps
) -> None:
    whole, part, other, stays = destroyed_since
    done, dropped = backups.restored()
    assert (differing(done), dropped) == ({}, Dropped(2, 1, 0))
    with backups.reopened() as copy:
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


def test_a_newer_backup_brings_back_what_stayed(destroyed_since: tuple[str, str, str, int], backups: BackUps) -> None:
    _, part, _, stays = destroyed_since
    backups.made()
    done, dropped = backups.restored()
    assert (differing(done), dropped) == ({}, NOTHING)
    with backups.reopened() as copy:
        assert copy.samples.image(stays) == b"photo stays"
        assert len(copy.people.get(part).encounters) == 1


def test_a_newer_backup_lacks_the_name_of_a_destroyed_person_in_a_saved_filter(
    store: RecordStore, backups: BackUps
) -> None:
    new = NewUser("a.rao", "A. Rao", frozenset({Role.RECORDS_CLERK}), Unit("27"))
    owner = administration(store.database).add(OPERATOR, new, None)
    save_filter(store.for_actor(act_of(HERE, actor=owner.id)), "Ravi's friends", RecordQuery(sex=Sex.MALE))
    done = store_person(store, Person("Ravi"), encounter(), [print_of("ravi")])
    backups.made()
    Retention(store).delete(done.record_id, "a test")
    Retention(store).finish()
    assert differing(backups.made()) == {}


def test_no_copy_of_the_keys_opens_what_was_destroyed(
    destroyed_since: tuple[str, str, str, int], backups: BackUps
) -> None:
    """The backup of before still holds the sealed samples; and an old copy of the keys, kept aside, would open them."""
    samples = [1, 2, 3]
    masters = MasterKeys.of_environment()
    assert unlocked(backups.folder, samples, KeyCopy.read(backups.keys), masters) == []
    assert unlocked(backups.folder, [*samples, 5], KeyCopy.read(backups.keys), masters) == ["5"]


def test_a_copy_of_the_keys_that_was_hidden_is_what_is_not_defended(store: RecordStore, backups: BackUps) -> None:
    """It is found by `verify`, and dies with the master key: docs/decisions/0014."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    backups.made()
    shutil.copy(backups.keys, backups.keys.with_name("hidden"))
    store.editor.add_outcome(done.encounter_id, FREED)
    Retention(store).run(today())
    masters = MasterKeys.of_environment()
    assert unlocked(backups.folder, [1], KeyCopy.read(backups.keys.with_name("hidden")), masters) == ["1"]
    with pytest.raises(MasterKeyMissing):
        unlocked(
            backups.folder,
            [1],
            KeyCopy.read(backups.keys.with_name("hidden")),
            MasterKeys.of_text(AesMasterKey.new().text),
        )


def test_a_copy_that_cannot_be_reached_is_reported(
    store: RecordStore, caplog: pytest.LogCaptureFixture, backups: BackUps
) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    backups.made()
    backups.keys.parent.rename(backups.keys.parent.with_name("unmounted"))
    store.editor.add_outcome(done.encounter_id, FREED)
    (certificate,) = Retention(store).run(today())
    assert certificate.content["key_copies"] == {str(backups.keys): False}
    assert "still holds destroyed keys" in caplog.text


def test_copies_of_the_keys_follow_a_rotation(backups: BackUps) -> None:
    master = backups.tmp_path / "master.key"
    with RecordStore.open(backups.url, backups.images, MasterKeys.of_file(master)) as store:
        store_person(store, Person("Ram"), encounter(), [print_of("one")])
        backups.made(MasterKeys.of_file(master))
        old = KeyCopy.read(backups.keys).master_id
        new = add_to_file(master).id
        KeyStore(store).rotate(lambda *_: None)
        assert KeyStore(store).copies() == {str(backups.keys): new}
        assert KeyStore(store).masters_in_use() == {new}
        assert {key.master_id for key in KeyCopy.read(backups.keys).keys.values()} == {new} != {old}
    newest = MasterKeys(lambda: [key for key in MasterKeys.of_file(master).all() if key.id == new])
    done, dropped = restore_station(backups.folder, backups.keys, backups.target, backups.place, newest)
    assert (differing(done), dropped) == ({}, NOTHING)


def test_a_backup_that_was_changed_or_not_finished_is_refused(store: RecordStore, backups: BackUps) -> None:
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    backups.made()
    whole = (backups.folder / DATABASE).read_bytes()
    for at in range(0, len(whole), len(whole) // 7):
        (backups.folder / DATABASE).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BackupDamaged, match="changed or is damaged"):
            backups.restored()
    (backups.folder / DATABASE).write_bytes(whole)
    lines = backups.keys.read_text().splitlines()
    for cut in (lines[:-1], [], ["[]"], ["{}", "{}"], lines[:1] + lines[2:]):
        backups.keys.with_name("cut").write_text("\n".join(cut))
        with pytest.raises(BackupDamaged, match="keys"):
            backups.restored(backups.keys.with_name("cut"))
    (image,) = (path for path in (backups.folder / IMAGES).rglob("*") if path.is_file() and len(path.name) == 64)
    intact = image.read_bytes()
    image.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    done, _ = backups.restored()
    assert "images that cannot be read" in differing(done)
    (backups.folder / MANIFEST).unlink()
    with pytest.raises(BackupDamaged, match="no finished backup"):
        backups.restored()


def test_places_that_must_not_be_are_refused(store: RecordStore, backups: BackUps) -> None:
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    with pytest.raises(InvalidField, match="must not lie in the backup"):
        back_up((backups.url, backups.images, MASTERS), backups.folder, backups.folder / "keys", 100, lambda *_: None)
    assert not backups.folder.exists()
    backups.made()
    with pytest.raises(MoveRefused):
        backups.restored(target=backups.url)
    url = f"sqlite:///{backups.tmp_path / 'other.db'}"
    with RecordStore.open(url, ImageFolder(backups.tmp_path / "others")) as other:
        store_person(other, Person("Other"), encounter(), [print_of("other")])
        theirs = url, other.images, MASTERS
        with pytest.raises(MoveRefused):
            back_up(theirs, backups.folder, backups.keys, 100, lambda *_: None)
        back_up(theirs, backups.tmp_path / "b2", backups.keys.with_name("other"), 100, lambda *_: None)
    backups.made()
    with pytest.raises(MoveRefused, match="another station"):
        backups.restored(backups.keys.with_name("other"), f"sqlite:///{backups.tmp_path / 'new.db'}")


@pytest.mark.slow
def test_a_backup_or_a_restoring_that_is_killed_goes_on(store: RecordStore, backups: BackUps) -> None:
    for number in range(6):
        store_person(store, Person(f"Asha {number}"), encounter(), [print_of(f"{number}")])
    for what, url, folder in (
        ("backup", backups.url, backups.images.place),
        ("restore", backups.target, backups.place.place),
    ):
        outputs = []
        for steps in (14, 10_000):
            arguments = map(str, [sys.executable, SCRIPT, what, url, folder, backups.folder, backups.keys, steps])
            ran = subprocess.run(list(arguments), capture_output=True, text=True, timeout=600)
            assert ran.returncode in (0, -9), ran.stderr
            outputs.append(ran.stdout)
            if what == "backup":
                assert (backups.folder / MANIFEST).exists() == (ran.stdout == "done\n")
        assert outputs == ["", "done\n"]
    assert json.loads((backups.folder / MANIFEST).read_text())["rows"]["samples"] == 6
    assert without_state(backups.target) == without_state(backups.url)
    with backups.reopened() as copy:
        assert [copy.samples.image(number) for number in (1, 6)] == [b"image 0", b"image 5"]


def killed_while_writing_keys(backups: BackUps, lines: int) -> None:
    arguments = [sys.executable, SCRIPT, "keys", backups.url, backups.images.place, backups.folder, backups.keys, lines]
    ran = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=600)
    assert ran.returncode == -9, ran.stderr


def test_keys_left_by_a_killed_writer_go_with_the_next_destruction(store: RecordStore, backups: BackUps) -> None:
    people = [store_person(store, Person(f"P {n}"), encounter(), [print_of(f"{n}")]) for n in range(60)]
    killed_while_writing_keys(backups, 60)
    left = dict(left_behind(backups.keys))
    assert not backups.keys.exists()
    freed = next(person for person in people if person.record_id in left)
    store.editor.add_outcome(freed.encounter_id, FREED)
    (certificate,) = Retention(store).run(today())
    assert certificate.content["key_copies"] == {str(backups.keys): True}
    assert [path.name for path in backups.keys.parent.iterdir()] == [backups.keys.name]
    assert freed.record_id not in KeyCopy.read(backups.keys).keys
    assert len(KeyCopy.read(backups.keys).keys) >= 59


def test_a_copy_that_is_forgotten_leaves_no_part(store: RecordStore, backups: BackUps) -> None:
    """Nobody would write it, and so clear it, any more."""
    for number in range(60):
        store_person(store, Person(f"P {number}"), encounter(), [print_of(f"{number}")])
    killed_while_writing_keys(backups, 60)
    assert part_of(backups.keys).exists()
    assert KeyStore(store).forget_copy(str(backups.keys))
    assert list(backups.keys.parent.iterdir()) == []


@pytest.mark.both_databases
def test_of_two_writers_of_the_keys_the_second_writes_the_newest(store: RecordStore, backups: BackUps) -> None:
    """One who read before a key was destroyed would else put it back, after the certificate said that it was gone."""
    freed = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    backups.made()
    with ThreadPoolExecutor(1) as pool:
        with whole_file(backups.keys) as slow:
            slow.write(backups.keys.read_text())
            waiting = pool.submit(rewrite, store.database)
            with store.database.writing() as connection:
                store.keys.destroy(connection, freed.record_id)
        assert waiting.result() == {str(backups.keys): True}
    assert freed.record_id not in KeyCopy.read(backups.keys).keys
