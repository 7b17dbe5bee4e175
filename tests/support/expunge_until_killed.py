"""Destroy what is due; test_records_retention.py kills this process.

usage: expunge_until_killed.py DATABASE_URL IMAGE_FOLDER WHERE: kill itself at that place, where it is one.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import api.modalities  # noqa: F401 - registers them
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.retention import repository as retention
from biometrics.storage.audit import log as audit
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.retention.retention import Retention

url, folder, where = sys.argv[1], Path(sys.argv[2]), sys.argv[3]


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DeadlyFolder(ImageFolder):
    """Dies when the first file is to be removed, or the first is stored."""

    def delete(self, digest: str) -> None:
        if where == "first file":
            die()
        super().delete(digest)
        if where == "after a file":
            die()

    def put_all(self, files: Mapping[str, bytes]) -> None:
        super().put_all(files)
        if where == "sealing anew":
            die()


if where == "before the signature":
    retention.Signer = die  # type: ignore[assignment, misc]
if where == "before the commit":
    audit.append = die  # type: ignore[assignment]
with RecordStore.open(url, DeadlyFolder(folder)) as store:
    done = Retention(store).run(today())
    print(len(done))  # noqa: T201 - this is what the test reads
