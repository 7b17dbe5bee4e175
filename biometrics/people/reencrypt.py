"""Re-encryption of samples that move to another record or whose record gets another key.

New files first, then rows, then removal of old files: after an interruption every row refers to an existing file, and
`RecordStore.sweep` removes the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, update

from biometrics.kernel.technique.chunks import in_chunks
from biometrics.storage.blobs.encrypted import Owner, SealedImage
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.aead import seal, template_place, unseal
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.templates import templates

CHUNK: Final = 500  # values in one IN list


@dataclass(frozen=True)
class Sealer:
    """Encrypts stored samples for another record or with another key, within `Uploads.transaction`."""

    uploads: Uploads

    def move(self, connection: Connection, encounter_ids: Sequence[str], old_id: str, new_id: str) -> None:
        """Encrypt the samples of encounters that go from one record to another.

        Call it while the encounters are still the old record's or already the new one's.

        Raises:
            StoreUnavailable: an image is missing or damaged, or the store does not answer.
            DecryptionFailed: a sample was tampered with.
        """
        # In one order, so that two who move samples between the same two records do not wait for each other.
        owners = {owner: Owner(owner, self._secret(connection, owner)) for owner in sorted((old_id, new_id))}
        for chunk in in_chunks(encounter_ids, CHUNK):
            ids = connection.execute(select(samples.c.id).where(samples.c.encounter_id.in_(chunk))).scalars().all()
            self.give(connection, ids, owners[old_id], owners[new_id])

    def give(self, connection: Connection, sample_ids: Sequence[int], old: Owner, new: Owner) -> None:
        """Encrypt samples, with their templates, for another owner; the rest is as for `move`."""
        for chunk in in_chunks(sample_ids, CHUNK):
            rows = hold(connection, Lock.SAMPLE, select(samples).where(samples.c.id.in_(chunk)))
            files = [SealedImage(row.image_sha256, row.image_name) for row in rows]
            for row, stored in zip(rows, self.uploads.reencrypted(files, old, new), strict=True):
                connection.execute(update(samples).where(samples.c.id == row.id).values(image_name=stored.name))
            for row in connection.execute(select(templates).where(templates.c.sample_id.in_(chunk))).all():
                data = unseal(old.secret, template_place(old.record_id, row.sample_id, row.model), row.data)
                data = seal(new.secret, template_place(new.record_id, row.sample_id, row.model), data)
                connection.execute(update(templates).where(templates.c.id == row.id).values(data=data))

    def _secret(self, connection: Connection, owner: str) -> bytes:
        return self.uploads.keys.obtain(connection, owner, new=self.uploads.new_secret(owner))
