"""Seal what an older version left in the clear; test_records_sealing.py kills this process.

usage: seal_until_killed.py DATABASE_URL IMAGE_FOLDER STEPS: kill itself after so many images were stored or removed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from biometrics.records.blobs.folder import ImageFolder
from biometrics.records.crypto import reencrypt as sealing_anew
from biometrics.records.crypto.admin import KeyStore
from biometrics.records.store import RecordStore

url, folder, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
sealing_anew.BATCH = 2


class DeadlyFolder(ImageFolder):
    """Dies after some images."""

    def write(self, digest: str, content: bytes) -> None:
        super().write(digest, content)
        count_down()

    def delete(self, digest: str) -> None:
        count_down()
        super().delete(digest)


def count_down() -> None:
    global steps
    steps -= 1
    if steps <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


with RecordStore.open(url, DeadlyFolder(folder)) as store:
    print(KeyStore(store).seal(lambda *_: None))  # noqa: T201 - this is what the test reads
