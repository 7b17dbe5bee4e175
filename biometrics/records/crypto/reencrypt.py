"""Sealing what is stored anew: samples that go to another record or get another key, and what lies in the clear.

Files first, rows next, old files last: cut off anywhere, every row refers to a file that is there, and what is left
over is what `RecordStore.sweep` removes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, func, select, update

from biometrics.domain.errors import StoreUnavailable
from biometrics.records.blobs import encrypted as sealed_images
from biometrics.records.blobs.encrypted import SealedImage
from biometrics.records.blobs.folder import ImageStore
from biometrics.records.blobs.garbage import remove_unreferenced
from biometrics.records.crypto.aead import MARK, is_sealed, probe_place, seal, template_place, unseal
from biometrics.records.crypto.data_keys import DataKeys, is_unsealed, shut
from biometrics.records.database.engine import Database
from biometrics.records.database.locks import Lock, hold
from biometrics.records.people.tables import encounters, samples, search_probes, templates

BATCH: Final = 50  # samples, or searches, sealed in one transaction
CHUNK: Final = 500  # values in one IN list

Progress = Callable[[str, int, int], None]  # called with what is sealed, how many are done, and of how many


@dataclass(frozen=True)
class Owner:
    """Whose a sample is, and the data key of that record."""

    record_id: str
    secret: bytes


@dataclass(frozen=True)
class Sealer:
    """Seals stored samples anew. `keeps_lost`: an image that is missing or damaged is passed over, and stays lost."""

    images: ImageStore
    keys: DataKeys
    keeps_lost: bool = False

    def move(self, connection: Connection, encounter_ids: Sequence[str], old_id: str, new_id: str) -> set[str]:
        """Seal the samples of encounters that go from one record to another; return the names of the old files.

        Call it in `Database.storing_images`, while the encounters are still the old record's or already the new one's;
        after the commit hand the names to `remove_unreferenced`.

        Raises:
            StoreUnavailable: an image is missing or damaged, or the store does not answer.
            DecryptionFailed: a sample was tampered with.
        """
        # In one order, so that two who move samples between the same two records do not wait for each other.
        secrets = {owner: self.keys.obtain(connection, owner) for owner in sorted((old_id, new_id))}
        left = set()
        for start in range(0, len(encounter_ids), CHUNK):
            chunk = encounter_ids[start : start + CHUNK]
            ids = connection.execute(select(samples.c.id).where(samples.c.encounter_id.in_(chunk))).scalars().all()
            left |= self.give(connection, ids, Owner(old_id, secrets[old_id]), Owner(new_id, secrets[new_id]))
        return left

    def give(self, connection: Connection, sample_ids: Sequence[int], old: Owner, new: Owner) -> set[str]:
        """Seal samples, with their templates, for another owner; the rest is as for `move`."""
        plain, left = is_unsealed(connection), set()
        for start in range(0, len(sample_ids), CHUNK):
            chunk = sample_ids[start : start + CHUNK]
            for row in hold(connection, Lock.SAMPLE, select(samples).where(samples.c.id.in_(chunk))):
                image = SealedImage(row.image_sha256, row.image_name)
                stored = self._image(image, None if plain and image.in_the_clear else old.secret, old, new)
                connection.execute(update(samples).where(samples.c.id == row.id).values(image_name=stored))
                left.add(image.name)
            for row in connection.execute(select(templates).where(templates.c.sample_id.in_(chunk))).all():
                data = row.data
                if is_sealed(data) or not plain:
                    data = unseal(old.secret, template_place(old.record_id, row.sample_id, row.model), data)
                data = seal(new.secret, template_place(new.record_id, row.sample_id, row.model), data)
                connection.execute(update(templates).where(templates.c.id == row.id).values(data=data))
        return left

    def _image(self, image: SealedImage, secret: bytes | None, old: Owner, new: Owner) -> str:
        try:
            content = sealed_images.get(self.images, old.record_id, secret, image)
        except StoreUnavailable:
            if not self.keeps_lost:
                raise
            self.images.marks()  # ends it where not one image but the whole store is away
            return sha256(f"lost {image.digest}".encode()).hexdigest()
        return sealed_images.put(self.images, new.record_id, new.secret, content).name


def seal_stored(database: Database, sealer: Sealer, progress: Progress) -> int:
    """Seal all that an older version left in the clear, while the station works; return how many samples and searches.

    Cut off, it goes on where it was. At its end nothing in the clear is accepted any more.

    Raises:
        StoreUnavailable: the database or the images do not answer, or an image is missing; the rest is as it was.
    """
    with database.reading() as connection:
        if not is_unsealed(connection):
            return 0
    done = _seal_samples(database, sealer, progress) + _seal_probes(database, sealer.keys, progress)
    with database.writing() as connection:
        shut(connection)
    return done


def _seal_samples(database: Database, sealer: Sealer, progress: Progress) -> int:
    in_the_clear = samples.c.image_name == samples.c.image_sha256
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(samples).where(in_the_clear)).scalar_one()
    done = last = 0
    query = (
        select(samples.c.id, encounters.c.record_id)
        .join(encounters, encounters.c.id == samples.c.encounter_id)
        .where(in_the_clear)
        .order_by(samples.c.id)
        .limit(BATCH)
    )
    while True:
        with database.storing_images() as connection:
            found = connection.execute(query.where(samples.c.id > last)).all()
            of_record: defaultdict[str, list[int]] = defaultdict(list)
            for row in found:
                of_record[row.record_id].append(row.id)
            left = set()
            owners = [Owner(one, sealer.keys.obtain(connection, one)) for one in sorted(of_record)]
            for owner in owners:
                left |= sealer.give(connection, of_record[owner.record_id], owner, owner)
        if not found:
            return done
        remove_unreferenced(database, sealer.images, left)
        done, last = done + len(found), found[-1].id
        progress("samples", done, total)


def _seal_probes(database: Database, keys: DataKeys, progress: Progress) -> int:
    in_the_clear = func.substr(search_probes.c.data, 1, len(MARK)) != MARK
    done, last = 0, ""
    query = select(search_probes.c.search_id).distinct().where(in_the_clear).order_by(search_probes.c.search_id)
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    while True:
        with database.writing() as connection:
            found = connection.execute(query.where(search_probes.c.search_id > last).limit(BATCH)).scalars().all()
            secrets = {search_id: keys.obtain(connection, search_id) for search_id in found}
            for search_id, secret in secrets.items():
                _seal_search(connection, secret, search_id)
        if not found:
            return done
        done, last = done + len(found), found[-1]
        progress("searches", done, total)


def _seal_search(connection: Connection, secret: bytes, search_id: str) -> None:
    of_search = search_probes.c.search_id == search_id
    for row in hold(connection, Lock.PROBE, select(search_probes).where(of_search)):
        if not is_sealed(row.data):
            data = seal(secret, probe_place(search_id, row.ordinal, row.modality, row.model), row.data)
            this = search_probes.c.ordinal == row.ordinal
            connection.execute(update(search_probes).where(of_search, this).values(data=data))
