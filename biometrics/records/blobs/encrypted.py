"""Image files as they are stored: sealed with the key of the person whose they are.

The image store keeps a sealed file under the SHA-256 of its sealed bytes. So it sees no image, notices damage without
any key, and equal files of two people are two files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from biometrics.records.blobs.folder import ImageStore
from biometrics.records.crypto.aead import image_place, seal, unseal


@dataclass(frozen=True)
class SealedImage:
    """A stored file: `digest` is the SHA-256 in hex of what came in, `name` that of what is stored."""

    digest: str
    name: str


def put(images: ImageStore, record_id: str, secret: bytes, content: bytes) -> SealedImage:
    """Seal an image file with a record's key and store it.

    Raises:
        StoreUnavailable: the store cannot be written, or is full.
    """
    digest = hashlib.sha256(content).hexdigest()
    return SealedImage(digest, images.put(seal(secret, image_place(record_id, digest), content)))


def get(images: ImageStore, record_id: str, secret: bytes, image: SealedImage) -> bytes:
    """Return an image file as it came in.

    Raises:
        StoreUnavailable: the file is missing, or not what was stored.
        DecryptionFailed: the file was not written by this station.
    """
    return unseal(secret, image_place(record_id, image.digest), images.get(image.name))
