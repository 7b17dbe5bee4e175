"""Re-encryption of samples that move to another record or whose record gets another key.

New files first, then rows, then removal of old files: after an interruption every row refers to an existing file, and
`RecordStore.sweep` removes the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, update

from biometrics.records.blobs import encrypted
from biometrics.records.blobs.encrypted import SealedImage
from biometrics.records.blobs.folder import ImageStore
from biometrics.records.crypto.aead import seal, template_place, unseal
from biometrics.records.crypto.data_keys import DataKeys
from biometrics.records.database.locks import Lock, hold
from biometrics.records.people.tables import samples
from biometrics.records.templates.tables import templates

CHUNK: Final = 500  # values in one IN list


@dataclass(frozen=True)
class Owner:
    """Whose a sample is, and the data key of that record."""

    record_id: str
    secret: bytes


@dataclass(frozen=True)
class Sealer:
    """Encrypts stored samples for another record or with another key."""

    images: ImageStore
    keys: DataKeys

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
        left = set()
        for start in range(0, len(sample_ids), CHUNK):
            chunk = sample_ids[start : start + CHUNK]
            for row in hold(connection, Lock.SAMPLE, select(samples).where(samples.c.id.in_(chunk))):
                image = SealedImage(row.image_sha256, row.image_name)
                content = encrypted.get(self.images, old.record_id, old.secret, image)
                stored = encrypted.put(self.images, new.record_id, new.secret, content).name
                connection.execute(update(samples).where(samples.c.id == row.id).values(image_name=stored))
                left.add(image.name)
            for row in connection.execute(select(templates).where(templates.c.sample_id.in_(chunk))).all():
                data = unseal(old.secret, template_place(old.record_id, row.sample_id, row.model), row.data)
                data = seal(new.secret, template_place(new.record_id, row.sample_id, row.model), data)
                connection.execute(update(templates).where(templates.c.id == row.id).values(data=data))
        return left
