"""What encryption costs: reading the encrypted templates of a rebuild. See docs/decisions/0014."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from records_examples import encounter, print_of

from biometrics.kernel.person import Person
from biometrics.kernel.types import FingerPosition
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.aead import seal, template_place, unseal
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys
from biometrics.use_cases.enrol import store_person

PEOPLE, FINGERS, SIZE, BATCH = 1000, 10, 4000, 1000


def rebuild(store: RecordStore) -> float:
    """Return the seconds that reading all templates takes, with a cache of keys that is empty at first."""
    store.keys._open.cache_clear()
    ids = range(1, PEOPLE * FINGERS + 1)
    began = time.perf_counter()
    read = sum(len(store.templates.load(ids[start : start + BATCH])) for start in range(0, len(ids), BATCH))
    assert read == len(ids)
    return time.perf_counter() - began


def fill(store: RecordStore) -> None:
    for person in range(PEOPLE):
        prints = [print_of(f"{person} {finger}", FingerPosition(finger + 1)) for finger in range(FINGERS)]
        large = [replace(item, template=replace(item.template, data=item.template.data.ljust(SIZE))) for item in prints]
        store_person(store, Person(f"Person {person}"), encounter(), large)


def single() -> float:
    """Return the microseconds that opening one template takes."""
    secret, place = os.urandom(32), template_place("0" * 36, 1, "f" * 64)
    sealed = seal(secret, place, b"x" * SIZE)
    began = time.perf_counter()
    for _ in range(20_000):
        unseal(secret, place, sealed)
    return (time.perf_counter() - began) / 20_000 * 1e6


with tempfile.TemporaryDirectory() as folder:
    where = Path(folder)
    masters = MasterKeys.of_text(AesMasterKey.new().text)
    with RecordStore.open(f"sqlite:///{where / 'one.db'}", ImageFolder(where / "images"), masters) as opened:
        fill(opened)
        seconds = min(rebuild(opened) for _ in range(3))
print(f"one template opened: {single():.1f} us")  # noqa: T201
print(f"{PEOPLE * FINGERS:,} templates read: {seconds:.2f} s")  # noqa: T201
