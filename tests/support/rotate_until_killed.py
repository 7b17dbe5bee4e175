"""Rotate the master key of a station; test_records_rotation.py kills this process.

usage: rotate_until_killed.py DATABASE_URL IMAGE_FOLDER MASTER_FILE STEPS: kill itself after so many batches.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import api.modalities  # noqa: F401 - registers them
from biometrics.records.key_store import KeyStore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto import rotation
from biometrics.storage.crypto.master_keys import MasterKeys, add_to_file

url, folder, master, steps = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
rotation.BATCH = 3


def count_down(*_: object) -> None:
    global steps
    steps -= 1
    if steps <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


with RecordStore.open(url, ImageFolder(folder), MasterKeys.of_file(master)) as store:
    keys = KeyStore(store)
    if keys.is_settled():
        add_to_file(master)
    keys.rotate(count_down)
    print("done")  # noqa: T201 - this is what the test reads
