"""A new master key takes over while the station works; a kill, or a second server, costs nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from records_examples import encounter, photo_of, print_of, search_for
from sqlalchemy import select, update

from biometrics.kernel.errors import DecryptionFailed, MasterKeyMissing
from biometrics.kernel.people.person import Person
from biometrics.records.key_store import KeyStore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto import rotation
from biometrics.storage.crypto.master_keys import MasterKeys, add_to_file, read_file, remove_from_file
from biometrics.storage.tables.keys import data_keys
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search

SCRIPT = Path(__file__).parents[3] / "support" / "rotate_until_killed.py"
PEOPLE = 10


@pytest.fixture
def master(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.key"


@pytest.fixture
def station(database_url: str, images: ImageFolder, master: Path) -> Iterator[RecordStore]:
    with RecordStore.open(database_url, images, MasterKeys.of_file(master)) as store:
        for number in range(PEOPLE):
            store_person(store, Person(f"Asha {number}"), encounter(), [print_of(f"{number}"), photo_of(f"{number}")])
        store_search(store, search_for("x"))
        yield store


def check_readable(store: RecordStore, more: int = 0) -> None:
    read = store.templates.load(range(1, 2 * (PEOPLE + more) + 1))
    assert [stored.template.data for stored in read][: 2 * PEOPLE] == [
        content for number in range(PEOPLE) for content in (f"template {number}".encode(), f"face {number}".encode())
    ]
    assert len(read) == 2 * (PEOPLE + more)
    assert store.samples.image(1) == b"image 0"


def masters_of(store: RecordStore) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.execute(select(data_keys.c.master_id)).scalars())


def test_all_keys_are_rewrapped_and_the_old_master_can_go(
    station: RecordStore, database_url: str, images: ImageFolder, master: Path
) -> None:
    old = read_file(master)[0].id
    new = add_to_file(master).id
    done = KeyStore(station).rotate(lambda *_: None)
    assert (done.master_id, done.wrapped, done.checked) == (new, PEOPLE + 1, PEOPLE + 1)
    assert masters_of(station) == {new}
    assert remove_from_file(master, KeyStore(station).masters_in_use()) == [old]
    assert [key.id for key in read_file(master)] == [new]
    check_readable(station)
    with RecordStore.open(database_url, images, MasterKeys.of_file(master)) as other:
        check_readable(other)


def test_a_server_that_runs_meanwhile_reads_and_enrols(
    station: RecordStore, database_url: str, images: ImageFolder, master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 1)
    more = 0
    with RecordStore.open(database_url, images, MasterKeys.of_file(master)) as server:
        check_readable(server)
        new = add_to_file(master).id

        def meanwhile(what: str, done: int, _: int) -> None:
            nonlocal more
            if what == "data keys" and done < 6:
                store_person(server, Person(f"Late {done}"), encounter(), [print_of(f"late {done}"), photo_of("late")])
                more += 1
                check_readable(server, more)

        KeyStore(station).rotate(meanwhile)
        assert more == 5
        assert masters_of(server) == {new}
        check_readable(server, more)
        check_readable(station, more)


@pytest.mark.both_databases
def test_enrolments_during_a_rotation_lose_nothing(
    station: RecordStore, database_url: str, images: ImageFolder, master: Path
) -> None:
    stop, enrolled = threading.Event(), []

    def enrol() -> None:
        with RecordStore.open(database_url, images, MasterKeys.of_file(master)) as server:
            while not stop.is_set() or not enrolled:
                enrolled.append(store_person(server, Person("Ram"), encounter(), [print_of("one")]).template_ids[0])

    thread = threading.Thread(target=enrol)
    thread.start()
    try:
        for _ in range(3):
            new = add_to_file(master).id
            KeyStore(station).rotate(lambda *_: None)
    finally:
        stop.set()
        thread.join()
    assert masters_of(station) == {new}
    assert {stored.template.data for stored in station.templates.load(enrolled)} == {b"template one"}


@pytest.mark.reach
def test_a_rotation_that_is_killed_goes_on(
    station: RecordStore, database_url: str, images: ImageFolder, tmp_path: Path, master: Path
) -> None:
    outputs = []
    for steps in (1, 1, 1, 100):
        arguments = [sys.executable, str(SCRIPT), database_url, str(tmp_path / "images"), str(master), str(steps)]
        ran = subprocess.run(arguments, capture_output=True, text=True, timeout=600)
        outputs.append(ran.stdout)
        assert ran.returncode in (0, -9), ran.stderr
        check_readable(station)
    assert outputs == ["", "", "", "done\n"]
    new, _ = (key.id for key in read_file(master))
    assert masters_of(station) == {new}


def test_a_key_that_was_tampered_with_stops_the_rotation(station: RecordStore, master: Path) -> None:
    """It is not hidden by a new wrapping, and nothing else is lost."""
    with station.database.writing() as connection:
        first = connection.execute(select(data_keys).order_by(data_keys.c.id).limit(1)).one()
        broken = first.wrapped[:-1] + bytes([first.wrapped[-1] ^ 1])
        connection.execute(update(data_keys).where(data_keys.c.id == first.id).values(wrapped=broken))
    add_to_file(master)
    with pytest.raises(DecryptionFailed):
        KeyStore(station).rotate(lambda *_: None)
    with station.database.writing() as connection:
        connection.execute(update(data_keys).where(data_keys.c.id == first.id).values(wrapped=first.wrapped))
    KeyStore(station).rotate(lambda *_: None)
    check_readable(station)


def test_a_rotation_without_the_old_master_changes_nothing_that_it_cannot_open(
    station: RecordStore, master: Path
) -> None:
    old = master.read_text()
    add_to_file(master)
    remove_from_file(master, {read_file(master)[0].id})
    with pytest.raises(MasterKeyMissing):
        KeyStore(station).rotate(lambda *_: None)
    master.write_text(master.read_text() + old)
    KeyStore(station).rotate(lambda *_: None)
    check_readable(station)
