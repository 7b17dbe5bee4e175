"""Restore a backup, kill -9 the restore at random points, and check after each kill that nothing else can be used.

usage: kill_restores.py SOURCE_URL TARGET_URL DATA_FOLDER BACKUP KEYS KILLS SEED

A restore that ends before it would be killed is compared with the source, and the next one begins with nothing.
Everything is imported once and forked, so that a kill costs no start. What is printed at the end are the figures.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
from kill_and_check import forked
from moves import differing
from restoring_station import restore_station, without_state
from sqlalchemy import select

from biometrics.backup.restore import MARK, require_restored
from biometrics.backup.table_sync import is_empty
from biometrics.kernel.errors import RestoreUnfinished
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.connections import unopened
from biometrics.storage.database.unfinished import restoring
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys

UNDER_WAY, NOT_BEGUN, WHOLE = 10, 11, 12  # exit codes of a check


def main() -> None:
    source, target, data, backup, keys = sys.argv[1], sys.argv[2], *map(Path, sys.argv[3:6])
    kills, chance = int(sys.argv[6]), random.Random(int(sys.argv[7]))

    def run() -> None:
        masters = MasterKeys.of_environment()
        done, _ = restore_station(backup, keys, target, ImageFolder(data / "images"), masters, data)
        assert differing(done) == {}

    def check() -> None:
        os._exit(state(source, target, data))

    begun = time.monotonic()
    assert status_of(forked(run)) == 0
    longest = time.monotonic() - begun
    assert status_of(forked(check)) == WHOLE
    clear(target, data)
    met: Counter[int] = Counter()
    while met.total() < kills:
        working = forked(run)
        time.sleep(chance.uniform(0, longest))
        os.kill(working, signal.SIGKILL)
        ended = status_of(working)
        assert ended in (0, -signal.SIGKILL), f"the restore failed: {ended}"
        status = status_of(forked(check))
        assert status in ((WHOLE,) if ended == 0 else (UNDER_WAY, NOT_BEGUN, WHOLE)), f"after {met}: {status}"
        if ended:
            met[status] += 1
        if status == WHOLE:
            clear(target, data)
    assert status_of(forked(run)) == 0
    assert status_of(forked(check)) == WHOLE
    print(  # noqa: T201
        f"{kills} kills: {met[UNDER_WAY]} under way, {met[NOT_BEGUN]} before it began, {met[WHOLE]} after its end"
    )


def state(source: str, target: str, data: Path) -> int:
    """Check what a killed restore has left, and say how far it was."""
    with unopened(target) as connection:
        tables = connection is not None and connection.dialect.has_table(connection, "counters")
        marked = (data / MARK).exists() or (tables and connection is not None and restoring(connection) is not None)
        empty = not tables or (connection is not None and is_empty(connection))
    try:
        require_restored(data, target)
        if empty and not marked:
            return NOT_BEGUN
        with RecordStore.open(target, ImageFolder(data / "images")) as store, store.database.reading() as connection:
            held = keys_of(connection)
    except RestoreUnfinished:
        assert marked, "a station that is refused has a mark"
        return UNDER_WAY
    assert not (data / MARK).exists()
    assert without_state(target) == without_state(source)
    with unopened(source) as connection:
        assert connection is not None
        assert held == keys_of(connection)
    return WHOLE


def keys_of(connection: object) -> dict[str, bytes]:
    """Return all wrapped keys but that of saved indexes, which every station makes for itself."""
    rows = connection.execute(select(data_keys.c.id, data_keys.c.wrapped))  # type: ignore[attr-defined]
    return {row.id: row.wrapped for row in rows if row.id != SNAPSHOTS}


def status_of(child: int) -> int:
    """Wait for a process; return its exit code, or the signal that ended it, negative."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def clear(target: str, data: Path) -> None:
    """Leave nothing of a restored station."""
    shutil.rmtree(data)
    if target.startswith("postgresql"):
        with psycopg.connect(target, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    else:
        for path in Path(target.removeprefix("sqlite:///")).parent.glob("pehchan.db*"):
            path.unlink()


if __name__ == "__main__":
    main()
