"""Enrol without end, printing each record's id once it was answered; test_records_crash.py kills this process.

usage: enrol_until_killed.py DATABASE_URL IMAGE_FOLDER [PUTS]: with PUTS, kill itself after so many images.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from records_examples import encounter, photo_of, print_of

from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person


class DeadlyFolder(ImageFolder):
    """Stores some images, and then no more."""

    puts = int(sys.argv[3]) if len(sys.argv) > 3 else 10**9

    def put_all(self, files: Mapping[str, bytes]) -> None:
        for digest, content in files.items():
            super().put_all({digest: content})
            self.puts -= 1
            if self.puts == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def enrol_for_ever(thread: int) -> None:
    for number in count():
        name = f"{os.getpid()} {thread} {number}"
        samples = [print_of(f"{name} a"), photo_of(f"{name} b")]
        done = store_person(store, Person(name, aliases=("A", "B")), encounter(), samples)
        os.write(1, f"{done.record_id}\n".encode())  # this is what the test reads; whole lines, by all threads


with RecordStore.open(sys.argv[1], DeadlyFolder(Path(sys.argv[2]))) as store, ThreadPoolExecutor(3) as pool:
    list(pool.map(enrol_for_ever, range(3)))
