"""A copy that is cut off goes on where it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from image_places import held
from moves import content, copy, differing
from sqlalchemy import text

from biometrics.backup.table_sync import lasting
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.database.engine import Database

SUPPORT = Path(__file__).parents[2] / "support"

COPY_UNTIL_KILLED = """
import os, signal, sys
from contextlib import contextmanager
from image_places import opened
from biometrics.backup import replicate as copying, table_sync as walking
from biometrics.storage.database.engine import Database

copying.BATCH = 2
left = int(sys.argv[5])
writing = Database.writing

@contextmanager
def deadly(self):
    global left
    with writing(self) as connection:
        yield connection
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

Database.writing = deadly
stores = opened(sys.argv[3]), opened(sys.argv[4])
done = copying.move(sys.argv[1], sys.argv[2], stores, 5, lambda *_: None)
print(done.copied)
"""


@pytest.mark.slow
@pytest.mark.no_tables
def test_a_copy_that_is_killed_again_and_again_ends_whole(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Kill -9 before a commit, each time after a few more; nothing is lost, doubled, or copied from the beginning."""
    kills = 0
    while True:
        # The tables are made by the first two commits of a run, the target is taken by the third.
        arguments = [database_url, target_url, *(store.place for store in stores), str(4 + 8 * (kills % 4))]
        command = [sys.executable, "-c", COPY_UNTIL_KILLED, *arguments]
        done = subprocess.run(command, cwd=SUPPORT, capture_output=True, text=True)
        if done.returncode != -signal.SIGKILL:
            break
        kills += 1
    assert done.returncode == 0, done.stderr
    assert kills >= 5
    assert int(done.stdout) < 30  # rows that were left to the last run
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])
    assert differing(copy(database_url, target_url, stores)) == {}


@pytest.mark.both_databases
def test_a_long_copy_is_not_ended_for_its_silence(database_url: str) -> None:
    """PostgreSQL ends transactions that are silent for a minute, which copying images to a slow disk can be."""
    with closing(Database(database_url)) as database, lasting(database) as connection:
        if database_url.startswith("postgresql"):
            assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "0"
