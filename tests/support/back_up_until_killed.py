"""Back up, or restore, a station; test_records_backups.py kills this process.

usage: back_up_until_killed.py backup|restore|keys DATABASE_URL IMAGE_FOLDER BACKUP KEYS STEPS

It kills itself after so many steps. "keys" only writes the copy of the keys.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import api.modalities  # noqa: F401 - registers them
from biometrics.backup import key_export as key_copies
from biometrics.backup import replicate as copying
from biometrics.backup.backup import back_up
from biometrics.backup.restore import Backup, being_restored, finish, restore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database

what, url, folder, backup, keys, steps = sys.argv[1:7]
left = int(steps)
copying.BATCH = 2


def count_down(*_: object) -> None:
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


def deadly_lines(connection: Connection, master: str) -> Iterator[dict[str, Any]]:
    for line in lines(connection, master):
        count_down()
        yield line


lines = key_copies._lines
if what == "keys":
    key_copies._lines = deadly_lines
    key_copies.register(Database(url), Path(keys))
elif what == "backup":
    back_up((url, ImageFolder(Path(folder)), MasterKeys.of_environment()), Path(backup), Path(keys), 5, count_down)
else:
    masters = MasterKeys.of_environment()
    read = Backup.read(Path(backup), Path(keys), masters)
    with being_restored(Path(folder).parent) as work:
        restore(read, (url, ImageFolder(Path(folder))), masters, work, 5, count_down)
        with closing(Database(url, unfinished=True)) as database:
            finish(database, None)
print("done")  # noqa: T201 - this is what the test reads
