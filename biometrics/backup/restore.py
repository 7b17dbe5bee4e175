"""Restoring a backup: with the copy of the keys, into a new place, without what was destroyed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Column, Connection, Row, Select, delete, exists, inspect, select, update

from biometrics.backup.key_export import KeyCopy
from biometrics.backup.manifest import (
    DATABASE,
    IMAGES,
    copy_database,
    read_manifest,
    require_genuine,
    signing_key_of,
)
from biometrics.backup.replicate import MoveResult, Progress, move, require_free
from biometrics.backup.schema_check import require_own_objects
from biometrics.backup.table_sync import is_empty
from biometrics.kernel.access import Act
from biometrics.kernel.errors import DecryptionFailed, MoveRefused, StoreUnavailable
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.atomic_file import sync_folder
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.private_folders import make_private, restrict, try_lock
from biometrics.people.search_columns import refresh_search_columns
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.crypto.aead import Place, probe_place, template_place, unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.connections import unchanging, unopened
from biometrics.storage.database.engine import Database
from biometrics.storage.database.unfinished import end_restore, require_finished, unfinished
from biometrics.storage.tables.jobs import tasks, webhooks
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.osia import osia_encounters
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.searches import probe_templates, search_probes, searches
from biometrics.storage.tables.station import counters, identity
from biometrics.storage.tables.templates import templates
from biometrics.storage.tables.watchlist import search_images
from biometrics.templates.change_log import append_changes

CHUNK: Final = 500  # rows dealt with at a time
MARK: Final = "restoring"  # a folder in a data folder: the mark of a restore, and where it works


@dataclass(frozen=True)
class Dropped:
    """What a restored backup does not bring back: encounters destroyed since, samples and probes without their key."""

    encounters: int
    samples: int
    probes: int


@dataclass(frozen=True)
class Backup:
    """A backup with the copy of the keys that opens it, both read and checked."""

    folder: Path
    manifest: Mapping[str, Any]
    copy: KeyCopy

    @classmethod
    def read(cls, folder: Path, key_file: Path, masters: MasterKeys) -> Self:
        """Read a backup, and check that the station made it as it is.

        Raises:
            BackupDamaged: the backup or the copy of the keys cannot be used, or the backup was changed.
            MasterKeyMissing: the master key that wraps the keys is missing.
            MoveRefused: the copy of the keys belongs to another station.
            StoreUnavailable: other users can read the backup, and this process cannot change that.
        """
        manifest = read_manifest(folder)
        restrict(folder)
        copy = KeyCopy.read(key_file)
        if copy.station != manifest["station"]:
            raise MoveRefused("The key copy belongs to another station; name the one of the backup.")
        for master in {copy.master_id, *(key.master_id for key in copy.keys.values())}:
            masters.get(master)
        require_genuine(folder, manifest, signing_key_of(copy, masters))
        require_own_objects(folder / DATABASE)
        return cls(folder, manifest, copy)

    @property
    def station(self) -> str:
        """The id of the station."""
        return self.copy.station

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.manifest["made_at"])

    @property
    def number(self) -> int:
        """A number, fit for a counter, that identifies this state of the backup and of the copy of its keys."""
        digest = hashlib.sha256(f"{self.manifest['database_sha256']} {self.copy.digest}".encode()).digest()
        return int.from_bytes(digest[:8]) >> 2 | 1

    def require_free(self, url: str) -> None:
        """Refuse a target that is in use, or that another backup was restored to.

        Raises:
            MoveRefused: it is.
        """
        require_free(url, self.station, self.number)


@contextmanager
def being_restored(data_folder: Path) -> Iterator[Path]:
    """Mark a data folder as being restored, and give a folder in it to work in; `require_restored` refuses the station.

    The mark goes where the `with` ends without an error, which the database must have been opened before (`finish`).
    Otherwise it stays, without what was in it.

    Raises:
        StoreUnavailable: another process is restoring here, or the folder cannot be used.
    """
    make_private(data_folder)
    mark = data_folder / MARK
    make_private(mark)
    sync_folder(data_folder)
    with try_lock(mark) as mine:
        if not mine:
            raise StoreUnavailable(f"Another process is restoring into {data_folder}; wait until it ends.")
        _empty(mark)
        try:
            yield mark
        finally:
            _empty(mark)
        mark.rmdir()


def require_restored(data_folder: Path, url: str) -> None:
    """Refuse a data folder that is being restored; remove the mark of a restore that was killed after its last step.

    Raises:
        RestoreUnfinished: it is.
    """
    mark = data_folder / MARK
    if not mark.is_dir():
        return
    with try_lock(mark) as mine:
        if not mine or not _is_open(url):
            raise unfinished()
        _empty(mark)
        mark.rmdir()


def restore(
    backup: Backup,
    target: tuple[str, ImageStore],
    masters: MasterKeys,
    work: Path,
    sampled: int,
    progress: Progress,
) -> tuple[MoveResult, Dropped]:
    """Restore a backup into an empty database, and its images to a place of their own, and compare with the backup.

    What was destroyed since the backup, by the copy of the keys, is not brought back. `work` is the folder that
    `being_restored` gives. The database stays closed to everything else until `finish`.

    Raises:
        MoveRefused: the target is in use.
        StoreUnavailable: a database or the images do not answer; the same call goes on.
    """
    url, images = target
    copy_database(backup.folder, backup.manifest, work / DATABASE)
    prepared = f"sqlite:///{work / DATABASE}"
    with closing(Database(prepared)) as database:
        dropped = _open_with(database, backup, DataKeys(masters))
    stores = (ImageFolder(backup.folder / IMAGES), images)
    return move(prepared, url, stores, sampled, progress, backup=backup.number), dropped


def finish(database: Database, act: Act | None, **detail: Any) -> None:
    """Open a restored database for use and append the audit entry, in one transaction."""
    with database.writing() as connection:
        end_restore(connection)
        audit.append(connection, act, Action.BACKUP_RESTORED, **detail)


def unlocked(folder: Path, sample_ids: Sequence[int], copy: KeyCopy, masters: MasterKeys) -> list[str]:
    """Return the samples in a backup that a copy of the keys still opens.

    Raises:
        BackupDamaged: there is no finished backup, or it was changed.
    """
    require_genuine(folder, read_manifest(folder), signing_key_of(copy, masters))
    restrict(folder)
    readable = []
    with unchanging(folder / DATABASE) as connection:
        for chunk in in_chunks(sample_ids, CHUNK):
            query = _SEALED.where(samples.c.id.in_(chunk))
            for row in connection.execute(query):
                key = copy.keys.get(row.record_id)
                if key and _opens(masters.get(key.master_id).unwrap(key.wrapped), row):
                    readable.append(str(row.sample_id))
    return readable


_SEALED = (
    select(templates.c.id, templates.c.sample_id, templates.c.model, templates.c.data, samples.c.modality)
    .add_columns(encounters.c.record_id)
    .join(samples, samples.c.id == templates.c.sample_id)
    .join(encounters, encounters.c.id == samples.c.encounter_id)
    .order_by(templates.c.id)
)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _is_open(url: str) -> bool:
    """Return whether a database is in use, so that a restore into it has ended or never begun."""
    with unopened(url) as connection:
        if connection is None or not inspect(connection).has_table(counters.name) or is_empty(connection):
            return False
        require_finished(connection)
        return True


def _open_with(database: Database, backup: Backup, keys: DataKeys) -> Dropped:
    """Give a backup's database its keys, and take out what may not come back; always with the same result."""
    copy = backup.copy
    with database.writing() as connection:
        connection.execute(update(identity).values(master_id=copy.master_id))
        expunged = _drop_expunged(connection, copy)
        connection.execute(delete(data_keys))
        common = {"created_at": backup.made_at}
        for owners in in_chunks(copy.keys, CHUNK):
            existing = _owners(connection, owners)
            rows = [
                {"id": owner, "wrapped": copy.keys[owner].wrapped, "master_id": copy.keys[owner].master_id} | common
                for owner in owners
                if owner in existing or not canonical_id(owner)  # the second: keys of signatures and of accounts
            ]
            if rows:
                connection.execute(data_keys.insert(), rows)
        _drop_client_data(connection)
        return Dropped(expunged, _drop_samples(connection, copy, keys), _drop_probes(connection, copy, keys))


def _drop_expunged(connection: Connection, copy: KeyCopy) -> int:
    dropped = 0
    for expunged in copy.expunged:
        for encounter_id in expunged.encounters:
            of_encounter = encounters.c.id == encounter_id
            _append_removals(connection, _SEALED.where(of_encounter))
            dropped += connection.execute(delete(encounters).where(of_encounter)).rowcount
        for record_id in expunged.removed:
            _append_removals(connection, _SEALED.where(encounters.c.record_id == record_id))
            connection.execute(delete(records).where(records.c.id == record_id))
    changed = sorted({expunged.record_id for expunged in copy.expunged})
    for chunk in in_chunks(changed, CHUNK):
        refresh_search_columns(connection, chunk)
    return dropped


def _drop_client_data(connection: Connection) -> None:
    """Drop the data of OSIA's clients, tasks and webhooks whose keys no longer exist."""
    has_key = exists().where(data_keys.c.id == osia_encounters.c.encounter_id)
    connection.execute(update(osia_encounters).where(~has_key).values(content=None))
    for table in (tasks, webhooks):
        connection.execute(delete(table).where(~exists().where(data_keys.c.id == table.c.id)))


def _owners(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return the ids that still name an owner of data keys."""
    columns = (records.c.id, searches.c.id, osia_encounters.c.encounter_id, tasks.c.id, webhooks.c.id)
    return {
        row_id for column in columns for row_id in connection.execute(select(column).where(column.in_(ids))).scalars()
    }


def _drop_samples(connection: Connection, copy: KeyCopy, keys: DataKeys) -> int:
    """Drop the samples that their person's key does not open, and whole records that have samples but no key."""
    dropped = 0
    for rows in _walk(connection, _SEALED, templates.c.id):
        locked = [row for row in rows if not _opens(_secret(copy, keys, row.record_id), row)]
        append_changes(
            connection, Operation.REMOVE, [(row.id, Modality.named(row.modality), row.model) for row in locked]
        )
        for row in locked:
            connection.execute(delete(samples).where(samples.c.id == row.sample_id))
        for record_id in {row.record_id for row in locked} - copy.keys.keys():
            connection.execute(delete(records).where(records.c.id == record_id))
        dropped += len(locked)
    return dropped


def _drop_probes(connection: Connection, copy: KeyCopy, keys: DataKeys) -> int:
    """Drop the probes that their search's key does not open, with the files that it would not open either."""
    dropped = 0
    ids = select(searches.c.id)
    for of_searches in _walk(connection, ids, searches.c.id):
        for search_id in (row.id for row in of_searches):
            secret = _secret(copy, keys, search_id)
            of_search = search_probes.c.search_id == search_id
            for row in connection.execute(select(search_probes).where(of_search)).all():
                associated = probe_place(search_id, row.ordinal, row.modality, row.model)
                if not _unseals(secret, associated, row.data):
                    this = search_probes.c.ordinal == row.ordinal
                    dropped += connection.execute(delete(search_probes).where(of_search, this)).rowcount
                    connection.execute(delete(search_images).where(search_images.c.search_id == search_id))
    _drop_probe_templates(connection, copy, keys)
    for images in _walk(connection, select(search_images), search_images.c.id, page_size=1):
        for row in images:
            if _secret(copy, keys, row.search_id) is None:
                connection.execute(delete(search_images).where(search_images.c.id == row.id))
    return dropped


def _drop_probe_templates(connection: Connection, copy: KeyCopy, keys: DataKeys) -> None:
    """Drop the templates of probes by other models that their search's key does not open: they can be made again."""
    columns, probe = probe_templates.c, search_probes.c
    same = (probe.search_id == columns.search_id) & (probe.ordinal == columns.ordinal)
    later_templates = select(probe_templates, probe.modality).outerjoin(search_probes, same)
    for rows in _walk(connection, later_templates, columns.id):
        for row in rows:
            associated = probe_place(row.search_id, row.ordinal, row.modality or "", row.model)
            if row.data is None or not _unseals(_secret(copy, keys, row.search_id), associated, row.data):
                connection.execute(delete(probe_templates).where(columns.id == row.id))


def _walk(
    connection: Connection, query: Select[Any], key: Column[Any], page_size: int = CHUNK
) -> Iterator[Sequence[Row[Any]]]:
    """Walk through rows by their key, `page_size` of them in memory at a time; those seen may be deleted meanwhile."""
    page = query.order_by(None).order_by(key).limit(page_size)
    rows = connection.execute(page).all()
    while rows:
        yield rows
        rows = connection.execute(page.where(key > rows[-1].id)).all()


def _append_removals(connection: Connection, query: Select[Any]) -> None:
    rows = connection.execute(query).all()
    append_changes(connection, Operation.REMOVE, [(row.id, Modality.named(row.modality), row.model) for row in rows])


def _secret(copy: KeyCopy, keys: DataKeys, owner: str) -> bytes | None:
    key = copy.keys.get(owner)
    return keys.opened(key.master_id, key.wrapped, ("key", owner)) if key else None


def _opens(secret: bytes | None, row: Row[Any]) -> bool:
    return _unseals(secret, template_place(row.record_id, row.sample_id, row.model), row.data)


def _unseals(secret: bytes | None, associated: Place, data: bytes) -> bool:
    if secret is None:
        return False
    try:
        unseal(secret, associated, data)
    except DecryptionFailed:
        return False
    return True
