"""Key copies: all living data keys, wrapped, in files outside the backups; they open the backups.

A backup holds no key, so that it need never be changed: it may lie on a tape for years. The keys are in one small file
that is rewritten after a key is destroyed or rewrapped, and so never opens what was destroyed. It also holds the list
of expungements: an older backup, once restored, must not bring the data back.

Deleting a row of `data_keys` makes every copy stale: a trigger of the database records that in the same
transaction. A copy stays stale until it is rewritten without the key, however often that fails.

The file has one JSON object a line: a header, the keys, the expungements, and a last line with how many there were.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, delete, select, text, update

from biometrics.kernel.errors import BackupDamaged, StoreUnavailable
from biometrics.kernel.technique.atomic_file import part_of, remove_part, whole_file
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys, key_copies, stale_key_copies
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.station import identity

FORMAT = "pehchan-keys-1"
STREAMED = 5000  # rows fetched at a time
CHUNK = 500  # values in one IN list

log = logging.getLogger("pehchan")


@dataclass(frozen=True)
class WrappedKey:
    """A data key as stored in the database."""

    wrapped: bytes
    master_id: str


@dataclass(frozen=True)
class Expunged:
    """What one expungement destroyed: encounters of a record, and the records that went with them."""

    record_id: str
    encounters: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class KeyCopy:
    """What a file holds: the station's id, the master that wraps new keys, keys by owner, and what was expunged."""

    station: str
    master_id: str
    keys: Mapping[str, WrappedKey]
    expunged: tuple[Expunged, ...]

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of everything that the file holds."""
        keys = sorted((owner, key.wrapped, key.master_id) for owner, key in self.keys.items())
        return sha256(repr((self.station, self.master_id, keys, self.expunged)).encode()).hexdigest()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            BackupDamaged: it cannot be read, is no such file, or is not whole.
        """
        try:
            with path.open(encoding="utf-8") as file:
                header, *lines = (json.loads(line) for line in file)
            if header["keys"] != FORMAT or lines.pop() != {"end": len(lines) + 1}:
                raise BackupDamaged(f"{path} is no copy of Pehchan's keys, or is not whole.")
            keys = dict(_wrapped(line) for line in lines if "owner" in line)
            destroyed = [
                Expunged(line["record"], tuple(line["encounters"]), tuple(line["removed"]))
                for line in lines
                if "record" in line
            ]
            return cls(header["station"], header["master"], keys, tuple(destroyed))
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise BackupDamaged(f"{path} cannot be read as a copy of Pehchan's keys; name the right file.") from error


def register(database: Database, path: Path) -> None:
    """Write a copy of the keys, and keep it true from now on.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    copy_path = str(path.resolve())
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            # Who destroys a key at the moment did not see this copy, and is waited for; who comes later sees it.
            connection.execute(text("LOCK TABLE data_keys IN SHARE MODE"))
        master = str(connection.execute(select(identity.c.master_id)).scalar_one())
        row = {"place": copy_path, "written_at": datetime.now(UTC), "master_id": master}
        connection.execute(insert(connection, key_copies).values(row).on_conflict_do_nothing())
    if not _write(database, copy_path):
        raise StoreUnavailable(f"The copy of the keys {copy_path} cannot be written; make its folder, and room.")


def forget(database: Database, copy_path: str) -> bool:
    """No longer write a copy; say whether there was one. Its file stays, and must be removed.

    Raises:
        StoreUnavailable: the part that a killed writer left cannot be removed.
    """
    with database.writing() as connection:
        was_registered = bool(connection.execute(delete(key_copies).where(key_copies.c.place == copy_path)).rowcount)
        connection.execute(delete(stale_key_copies).where(stale_key_copies.c.place == copy_path))
        if was_registered:
            try:
                remove_part(Path(copy_path))
            except OSError as error:
                raise StoreUnavailable(
                    f"{part_of(Path(copy_path))} cannot be removed; remove it, then try again."
                ) from error
        return was_registered


def places(database: Database) -> list[str]:
    """Return the paths of the copies."""
    with database.reading() as connection:
        return list(connection.execute(select(key_copies.c.place).order_by(key_copies.c.place)).scalars())


def left_behind(path: Path) -> list[tuple[str, WrappedKey]]:
    """Return the keys, with their owners, in the part of a copy that a killed writer left.

    Raises:
        BackupDamaged: it cannot be read.
    """
    try:
        if not part_of(path).exists():
            return []
        lines = part_of(path).read_bytes().split(b"\n")
        whole = [json.loads(line) for line in lines[:-1]]  # after the last newline is what was cut off
        return [_wrapped(line) for line in whole if "owner" in line]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(f"{part_of(path)} cannot be read; remove it, then check again.") from error


def rewrite(database: Database) -> dict[str, bool]:
    """Rewrite all copies; return for each place whether that succeeded."""
    return {copy_path: _write(database, copy_path) for copy_path in places(database)}


def refresh(database: Database) -> dict[str, bool]:
    """Rewrite the copies that still hold a destroyed key; return for each place whether that succeeded."""
    with database.reading() as connection:
        query = select(stale_key_copies.c.place).distinct().order_by(stale_key_copies.c.place)
        stale = list(connection.execute(query).scalars())
    if stale:
        database.forget()
    return {copy_path: _write(database, copy_path) for copy_path in stale}


def masters_of_copies(connection: Connection) -> set[str]:
    """Return the ids of the masters that the copies need."""
    return set(connection.execute(select(key_copies.c.master_id).distinct()).scalars())


def _wrapped(line: Mapping[str, str]) -> tuple[str, WrappedKey]:
    return line["owner"], WrappedKey(bytes.fromhex(line["wrapped"]), line["master"])


def _write(database: Database, copy_path: str) -> bool:
    """Write one copy, whole or not at all; a failure is logged, and retried the next time."""
    path = Path(copy_path)
    try:
        # The state is read when it is this one's turn: of two who write, the second must not write what was before.
        with whole_file(path, 0o600) as file, database.reading() as connection:
            master = str(connection.execute(select(identity.c.master_id)).scalar_one())
            stale = select(stale_key_copies.c.id).where(stale_key_copies.c.place == copy_path)
            covered = connection.execute(stale).scalars().all()
            for line in _lines(connection, master):
                file.write(json.dumps(line) + "\n")
    except OSError as error:
        log.warning("The copy of the keys %s cannot be written (%s): it still holds destroyed keys.", copy_path, error)
        return False
    with database.writing() as connection:
        written = {"written_at": datetime.now(UTC), "master_id": master}
        connection.execute(update(key_copies).where(key_copies.c.place == copy_path).values(**written))
        for chunk in in_chunks(covered, CHUNK):
            connection.execute(delete(stale_key_copies).where(stale_key_copies.c.id.in_(chunk)))
    return True


def _lines(connection: Connection, master: str) -> Iterator[dict[str, Any]]:
    yield {"keys": FORMAT, "station": connection.execute(select(identity.c.id)).scalar_one(), "master": master}
    count = 1
    query = select(data_keys).where(data_keys.c.id != SNAPSHOTS).order_by(data_keys.c.id)
    for row in connection.execute(query, execution_options={"yield_per": STREAMED}):
        yield {"owner": row.id, "wrapped": row.wrapped.hex(), "master": row.master_id}
        count += 1
    contents = select(expungements.c.content).order_by(expungements.c.created_at, expungements.c.id)
    for content in connection.execute(contents, execution_options={"yield_per": STREAMED}).scalars():
        facts = json.loads(content)
        ids = [fact["encounter"] for fact in facts["encounters"]]
        yield {"record": facts["record"], "encounters": ids, "removed": facts["removed"]}
        count += 1
    yield {"end": count}
