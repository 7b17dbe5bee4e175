"""A station as an older version left it: images, templates and probes in the clear."""

from __future__ import annotations

from sqlalchemy import select, update

from biometrics.records.blobs import encrypted as sealed_images
from biometrics.records.blobs.encrypted import SealedImage
from biometrics.records.crypto.aead import probe_place, template_place, unseal
from biometrics.records.crypto.data_keys import UNSEALED
from biometrics.records.crypto.tables import data_keys
from biometrics.records.people.tables import counters, encounters, samples, search_probes, templates
from biometrics.records.store import RecordStore


def lay_open(store: RecordStore) -> None:
    """Put all that is sealed in the clear, and destroy the keys."""
    keys = store.keys
    with store.database.writing() as connection:
        for row in connection.execute(select(samples, encounters.c.record_id).join(encounters)).all():
            image, secret = SealedImage(row.image_sha256, row.image_name), keys.obtain(connection, row.record_id)
            store.images.put(sealed_images.get(store.images, row.record_id, secret, image))
            store.images.delete(image.name)
            connection.execute(update(samples).where(samples.c.id == row.id).values(image_name=row.image_sha256))
            for one in connection.execute(select(templates).where(templates.c.sample_id == row.id)).all():
                plain = unseal(secret, template_place(row.record_id, row.id, one.model), one.data)
                connection.execute(update(templates).where(templates.c.id == one.id).values(data=plain))
        for row in connection.execute(select(search_probes)).all():
            place = probe_place(row.search_id, row.ordinal, row.modality, row.model)
            plain = unseal(keys.get(connection, row.search_id, place), place, row.data)
            this = (search_probes.c.search_id == row.search_id, search_probes.c.ordinal == row.ordinal)
            connection.execute(update(search_probes).where(*this).values(data=plain))
        connection.execute(data_keys.delete())
        connection.execute(counters.insert(), {"name": UNSEALED, "value": 1})
