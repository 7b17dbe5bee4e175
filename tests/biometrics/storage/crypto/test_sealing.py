"""Nobody reads a template or an image without the key of its person, and nobody changes one unseen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import Table, delete, select, update

from biometrics.kernel.errors import DecryptionFailed, MasterKeyMissing, StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.people.reencrypt import Sealer
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.aead import image_place, seal, unseal
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.people import encounters, samples
from biometrics.storage.tables.searches import search_probes
from biometrics.storage.tables.templates import templates
from biometrics.templates.templates import load_templates
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search

SECRET = bytes(range(32))
PLAIN = (b"image one", b"photo one", b"template one", b"face one", b"\x00\xff probe", b"probe face")


def rows(store: RecordStore, table: Table) -> list[object]:
    with store.database.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def everything(store: RecordStore) -> bytes:
    """Return all bytes that the database and the images hold."""
    held = b"".join(store.images.read(name) for name in store.images.digests())
    for table in (templates, search_probes, data_keys):
        held += b"".join(value for row in rows(store, table) for value in row if isinstance(value, bytes))
    return held


def opened(store: RecordStore, *ids: int) -> list[StoredTemplate]:
    with store.database.reading() as connection:
        return load_templates(connection, store.keys, ids)


def filled(store: RecordStore) -> tuple[int, int]:
    """Enrol a print and a photo, and search; return the samples' numbers."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("one"), photo_of("one")])
    store_search(store, search_for(done.record_id))
    return done.sample_ids


def test_no_biometric_data_is_stored_in_the_clear(store: RecordStore) -> None:
    numbers = filled(store)
    held = everything(store)
    assert not [plain for plain in PLAIN if plain in held]
    assert [store.samples.image(number) for number in numbers] == [b"image one", b"photo one"]
    assert [stored.template.data for stored in store.templates.load([1, 2])] == [b"template one", b"face one"]


def test_a_deleted_key_is_overwritten_in_a_database_file(tmp_path: Path) -> None:
    """SQLite would else leave it in the free pages of its file."""
    with RecordStore.open(f"sqlite:///{tmp_path / 'one.db'}", ImageFolder(tmp_path / "images")) as store:
        done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
        (key,) = rows(store, data_keys)
        remove_record(store, done.record_id)
    with closing(sqlite3.connect(tmp_path / "one.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert key.wrapped not in (tmp_path / "one.db").read_bytes()


@pytest.mark.parametrize("table", [templates, search_probes])
def test_a_change_of_any_byte_of_a_template_is_found(store: RecordStore, table: Table) -> None:
    filled(store)
    row = rows(store, table)[0]
    column = table.c.sample_id if table is templates else table.c.ordinal
    for at in range(len(row.data)):
        changed = bytearray(row.data)
        changed[at] ^= 1
        with store.database.writing() as connection:
            connection.execute(update(table).where(column == getattr(row, column.name)).values(data=bytes(changed)))
        with pytest.raises(DecryptionFailed):
            read_all(store)
    with store.database.writing() as connection:
        connection.execute(update(table).where(column == getattr(row, column.name)).values(data=row.data))
    read_all(store)


def read_all(store: RecordStore) -> None:
    opened(store, *(row.id for row in rows(store, templates)))
    for row in rows(store, search_probes):
        store.searches.get(row.search_id)


def test_a_change_of_any_byte_of_an_image_file_is_found(store: RecordStore, images: ImageFolder) -> None:
    (number, _) = filled(store)
    name = rows(store, samples)[0].image_name
    whole = images.read(name)
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1
        images.write(name, bytes(changed))
        with pytest.raises(StoreUnavailable, match="damaged"):
            store.samples.image(number)
    images.write(name, whole)
    assert store.samples.image(number) == b"image one"


def test_a_change_of_any_byte_of_a_wrapped_key_is_found(store: RecordStore) -> None:
    (number, _) = filled(store)
    key = next(row for row in rows(store, data_keys) if row.id == store.samples.get(number).record_id)
    for at in range(len(key.wrapped)):
        changed = bytearray(key.wrapped)
        changed[at] ^= 1
        with store.database.writing() as connection:
            connection.execute(update(data_keys).where(data_keys.c.id == key.id).values(wrapped=bytes(changed)))
        with pytest.raises(DecryptionFailed):
            opened(store, 1)


def test_sealed_bytes_do_not_open_in_another_place(store: RecordStore) -> None:
    enrolment = store_person(store, Person("Ram"), encounter(), [print_of("one"), print_of("two", model="e" * 64)])
    other = store_person(store, Person("Sita"), encounter(), [print_of("one")])
    before = {row.id: row.data for row in rows(store, templates)}
    for first, second in ((1, 2), (1, 3)):
        with store.database.writing() as connection:
            connection.execute(update(templates).where(templates.c.id == first).values(data=before[second]))
        with pytest.raises(DecryptionFailed):
            opened(store, first)
    (mine, _, theirs) = rows(store, samples)
    with store.database.writing() as connection:
        connection.execute(update(samples).where(samples.c.id == mine.id).values(image_name=theirs.image_name))
    with pytest.raises(DecryptionFailed):
        store.samples.image(enrolment.sample_ids[0])
    key = next(row for row in rows(store, data_keys) if row.id == enrolment.record_id)
    with store.database.writing() as connection:
        connection.execute(update(data_keys).where(data_keys.c.id == other.record_id).values(wrapped=key.wrapped))
    with pytest.raises(DecryptionFailed):
        opened(store, 3)


def test_a_template_in_the_clear_is_refused(store: RecordStore) -> None:
    filled(store)
    with store.database.writing() as connection:
        connection.execute(update(templates).values(data=b"template one"))
    with pytest.raises(DecryptionFailed, match="not encrypted"):
        opened(store, 1)


def test_equal_files_of_two_people_are_two_files(store: RecordStore, images: ImageFolder) -> None:
    """Whoever sees the files cannot tell that two people have one in common; each goes with its person."""
    first = store_person(store, Person("Ram"), encounter(), [print_of("same")])
    second = store_person(store, Person("Sita"), encounter(), [print_of("same")])
    assert len(list(images.digests())) == 2
    assert sha256(b"image same").hexdigest() not in set(images.digests())
    remove_record(store, first.record_id)
    assert store.samples.image(second.sample_ids[0]) == b"image same"


def test_the_key_goes_with_the_record(store: RecordStore, database_url: str, images: ImageFolder) -> None:
    (number, _) = filled(store)
    record_id = store.samples.get(number).record_id
    old_template, old_image = rows(store, templates)[0], images.read(rows(store, samples)[0].image_name)
    remove_record(store, record_id)
    assert record_id not in {row.id for row in rows(store, data_keys)}
    place = image_place(record_id, sha256(b"image one").hexdigest())
    for row in rows(store, data_keys):
        secret = store.keys.opened(row.master_id, row.wrapped, place)
        for sealed in (old_template.data, old_image):
            with pytest.raises(DecryptionFailed):
                unseal(secret, place, sealed)


def test_a_station_is_not_opened_without_its_master_key(database_url: str, images: ImageFolder, tmp_path: Path) -> None:
    """Another key would seal what the others cannot read."""
    right, wrong = MasterKeys.of_file(tmp_path / "right"), MasterKeys.of_file(tmp_path / "wrong")
    with RecordStore.open(database_url, images, right) as store:
        filled(store)
    for masters in (wrong, MasterKeys.of_text(""), MasterKeys.of_text(AesMasterKey.new().text)):
        with pytest.raises(MasterKeyMissing):
            RecordStore.open(database_url, images, masters)
    assert not (tmp_path / "wrong").exists()
    with RecordStore.open(database_url, images, right) as store:
        read_all(store)


def test_samples_that_go_to_another_person_are_sealed_with_that_persons_key(
    store: RecordStore, images: ImageFolder
) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one"), photo_of("one")])
    other = store_person(store, Person("Ram again"), encounter(), [print_of("two")])
    before = set(images.digests())
    with Uploads(images, store.keys) as uploads:

        def move(work: UnitOfWork) -> None:
            connection = work.transaction.connection
            Sealer(uploads).move(connection, [done.encounter_id], done.record_id, other.record_id)
            moved = encounters.c.id == done.encounter_id
            connection.execute(update(encounters).where(moved).values(record_id=other.record_id))
            store.keys.destroy(connection, done.record_id)

        store.carry_out(move, uploads=uploads)
    left = before - set(images.digests())
    assert store.sweep(timedelta()) == 0
    assert [store.samples.image(number) for number in done.sample_ids] == [b"image one", b"photo one"]
    loaded = store.templates.of_records([other.record_id], [FINGER_MODEL, FACE_MODEL])[other.record_id]
    assert {stored.template.data for stored in loaded} == {b"template one", b"face one", b"template two"}
    assert (len(before), len(left), len(set(images.digests()))) == (3, 2, 3)


def test_two_sealings_of_one_content_have_nothing_in_common() -> None:
    """A nonce is never used twice with a key."""
    place = image_place("r", "d")
    sealed = {seal(SECRET, place, b"x") for _ in range(1000)}
    assert len({content[4:16] for content in sealed}) == 1000
    assert {unseal(SECRET, place, content) for content in sealed} == {b"x"}


def test_a_record_without_its_key_says_so(store: RecordStore) -> None:
    filled(store)
    with store.database.writing() as connection:
        connection.execute(delete(data_keys))
    with pytest.raises(DecryptionFailed, match="its key is gone"):
        opened(store, 1)
