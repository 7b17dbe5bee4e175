"""Restoring a backup: with the copy of the keys, into a new place, without what was destroyed since."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, exists, select, update

from biometrics.errors import DecryptionFailed, MoveRefused
from biometrics.records.backing_up import DATABASE, IMAGES, read_manifest
from biometrics.records.changes import append_changes
from biometrics.records.copying import Move, Progress, move
from biometrics.records.database import Database
from biometrics.records.images import ImageFolder, ImageStore
from biometrics.records.key_copies import KeyCopy
from biometrics.records.key_tables import data_keys
from biometrics.records.keys import DataKeys
from biometrics.records.masters import MasterKeys
from biometrics.records.osia_tables import osia_encounters
from biometrics.records.people import canonical_id
from biometrics.records.placing import place
from biometrics.records.sealing import Place, probe_place, search_image_place, template_place, unseal
from biometrics.records.standing_tables import search_images
from biometrics.records.tables import encounters, identity, records, samples, search_probes, searches, templates
from biometrics.records.task_tables import tasks, webhooks
from biometrics.records.values import Operation
from biometrics.types import Modality

CHUNK: Final = 500  # rows dealt with at a time


@dataclass(frozen=True)
class Dropped:
    """What a restored backup does not bring back: encounters destroyed since, samples and probes without their key."""

    encounters: int
    samples: int
    probes: int


def restore(
    folder: Path,
    key_file: Path,
    target: tuple[str, ImageStore],
    masters: MasterKeys,
    sampled: int,
    progress: Progress,
) -> tuple[Move, Dropped]:
    """Restore a backup into an empty database, and its images to a place of their own, and compare with the backup.

    What was destroyed since the backup, by the copy of the keys, is not brought back.

    Raises:
        BackupDamaged: the backup or the copy of the keys cannot be used.
        MasterKeyMissing: the master that wraps the keys is not at hand.
        MoveRefused: the target is in use.
        StoreUnavailable: a database or the images do not answer; the same call goes on.
    """
    manifest = read_manifest(folder)
    copy = KeyCopy.read(key_file)
    if copy.station != manifest["station"]:
        raise MoveRefused("The copy of the keys is another station's; name that of the backup.")
    for master in {copy.master_id, *(key.master_id for key in copy.keys.values())}:
        masters.named(master)
    url, images = target
    with TemporaryDirectory(prefix="pehchan-restore-") as work:
        shutil.copy(folder / DATABASE, Path(work) / DATABASE)
        opened = f"sqlite:///{Path(work) / DATABASE}"
        with closing(Database(opened)) as database:
            dropped = _open_with(database, copy, DataKeys(masters))
        return move(opened, url, (ImageFolder(folder / IMAGES), images), sampled, progress), dropped


def unlocked(folder: Path, sample_ids: Sequence[int], copy: KeyCopy, masters: MasterKeys) -> list[str]:
    """Return those of some samples in a backup that a copy of the keys still opens.

    Raises:
        BackupDamaged: there is no finished backup.
    """
    read_manifest(folder)
    found = []
    with TemporaryDirectory(prefix="pehchan-backup-") as work:
        shutil.copy(folder / DATABASE, Path(work) / DATABASE)
        with closing(Database(f"sqlite:///{Path(work) / DATABASE}")) as database, database.reading() as connection:
            for start in range(0, len(sample_ids), CHUNK):
                query = _SEALED.where(samples.c.id.in_(sample_ids[start : start + CHUNK]))
                for row in connection.execute(query):
                    key = copy.keys.get(row.record_id)
                    if key and _opens(masters.named(key.master_id).unwrap(key.wrapped), row):
                        found.append(str(row.sample_id))
    return found


_SEALED = (
    select(templates.c.id, templates.c.sample_id, templates.c.model, templates.c.data, samples.c.modality)
    .add_columns(encounters.c.record_id)
    .join(samples, samples.c.id == templates.c.sample_id)
    .join(encounters, encounters.c.id == samples.c.encounter_id)
    .order_by(templates.c.id)
)


def _open_with(database: Database, copy: KeyCopy, keys: DataKeys) -> Dropped:
    """Give a backup's database its keys, and take out what may not come back."""
    with database.writing() as connection:
        connection.execute(update(identity).values(master_id=copy.master_id))
        gone = _drop_expunged(connection, copy)
        owners = set(connection.execute(select(records.c.id)).scalars())
        owners.update(connection.execute(select(searches.c.id)).scalars())
        owners.update(connection.execute(select(osia_encounters.c.encounter_id)).scalars())
        owners.update(connection.execute(select(tasks.c.id)).scalars())
        owners.update(connection.execute(select(webhooks.c.id)).scalars())
        rows = [
            {"id": owner, "wrapped": key.wrapped, "master_id": key.master_id, "created_at": datetime.now(UTC)}
            for owner, key in copy.keys.items()
            if owner in owners or not canonical_id(owner)  # those that are nobody's: of signatures, of accounts
        ]
        connection.execute(delete(data_keys))
        for start in range(0, len(rows), CHUNK):
            connection.execute(data_keys.insert(), rows[start : start + CHUNK])
        _drop_client_data(connection)
        return Dropped(gone, _drop_samples(connection, copy, keys), _drop_probes(connection, copy, keys))


def _drop_expunged(connection: Connection, copy: KeyCopy) -> int:
    dropped = 0
    for one in copy.expunged:
        for encounter_id in one.encounters:
            theirs = encounters.c.id == encounter_id
            _append_removals(connection, _SEALED.where(theirs))
            dropped += connection.execute(delete(encounters).where(theirs)).rowcount
        if one.whole:
            _append_removals(connection, _SEALED.where(encounters.c.record_id == one.record_id))
            connection.execute(delete(records).where(records.c.id == one.record_id))
    changed = sorted({one.record_id for one in copy.expunged})
    for start in range(0, len(changed), CHUNK):
        place(connection, changed[start : start + CHUNK])
    return dropped


def _drop_client_data(connection: Connection) -> None:
    """Drop what clients of OSIA's interface sent, tasks and webhooks, where no key opens it any more."""
    has_key = exists().where(data_keys.c.id == osia_encounters.c.encounter_id)
    connection.execute(update(osia_encounters).where(~has_key).values(content=None))
    for table in (tasks, webhooks):
        connection.execute(delete(table).where(~exists().where(data_keys.c.id == table.c.id)))


def _drop_samples(connection: Connection, copy: KeyCopy, keys: DataKeys) -> int:
    """Drop the samples that their person's key does not open, and whole records that have samples but no key."""
    locked = [row for row in _walk(connection) if not _opens(_secret(copy, keys, row.record_id), row)]
    append_changes(connection, Operation.REMOVE, [(row.id, Modality(row.modality), row.model) for row in locked])
    for row in locked:
        connection.execute(delete(samples).where(samples.c.id == row.sample_id))
    for record_id in {row.record_id for row in locked} - copy.keys.keys():
        connection.execute(delete(records).where(records.c.id == record_id))
    return len(locked)


def _drop_probes(connection: Connection, copy: KeyCopy, keys: DataKeys) -> int:
    dropped = 0
    for row in connection.execute(select(search_probes)).all():
        place = probe_place(row.search_id, row.ordinal, row.modality, row.model)
        if not _unseals(_secret(copy, keys, row.search_id), place, row.data):
            this = (search_probes.c.search_id == row.search_id, search_probes.c.ordinal == row.ordinal)
            dropped += connection.execute(delete(search_probes).where(*this)).rowcount
    for row in connection.execute(select(search_images)).all():
        place = search_image_place(row.search_id, row.ordinal)
        if not _unseals(_secret(copy, keys, row.search_id), place, row.data):
            connection.execute(delete(search_images).where(search_images.c.id == row.id))
    return dropped


def _walk(connection: Connection) -> Iterator[Row[Any]]:
    last = 0
    while rows := connection.execute(_SEALED.where(templates.c.id > last).limit(CHUNK)).all():
        yield from rows
        last = rows[-1].id


def _append_removals(connection: Connection, query: Select[Any]) -> None:
    rows = connection.execute(query).all()
    append_changes(connection, Operation.REMOVE, [(row.id, Modality(row.modality), row.model) for row in rows])


def _secret(copy: KeyCopy, keys: DataKeys, owner: str) -> bytes | None:
    key = copy.keys.get(owner)
    return keys.opened(key.master_id, key.wrapped, ("key", owner)) if key else None


def _opens(secret: bytes | None, row: Row[Any]) -> bool:
    return _unseals(secret, template_place(row.record_id, row.sample_id, row.model), row.data)


def _unseals(secret: bytes | None, place: Place, data: bytes) -> bool:
    if secret is None:
        return False
    try:
        unseal(secret, place, data)
    except DecryptionFailed:
        return False
    return True
