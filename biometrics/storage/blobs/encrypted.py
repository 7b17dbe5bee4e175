"""Image files as they are stored: encrypted with the data key of the person's record, or of the search.

The image store keeps an encrypted file under the SHA-256 of its encrypted bytes. So it sees no image, and notices
damage without any key. Each encryption has a nonce of its own, so every upload has a name of its own: no two samples
share a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.aead import image_place, seal, unseal


@dataclass(frozen=True)
class Owner:
    """The record that a sample belongs to, or the search of a probe, by its id, and the data key of that."""

    record_id: str
    secret: bytes


@dataclass(frozen=True)
class SealedImage:
    """A stored file: `digest` is the SHA-256 in hex of what came in, `name` that of what is stored."""

    digest: str
    name: str


@dataclass(frozen=True)
class Sealed:
    """An encrypted image file, to be stored under the name of its image."""

    image: SealedImage
    content: bytes


def sealed(owner: Owner, content: bytes, digest: str) -> Sealed:
    """Encrypt an image file with a record's key; `digest` is its SHA-256 (hex)."""
    encrypted = seal(owner.secret, image_place(owner.record_id, digest), content)
    return Sealed(SealedImage(digest, sha256(encrypted).hexdigest()), encrypted)


def get(images: ImageStore, owner: Owner, image: SealedImage) -> bytes:
    """Return an image file as it came in.

    Raises:
        StoreUnavailable: the file is missing, or not what was stored.
        DecryptionFailed: the file was not written by this station.
    """
    return unseal(owner.secret, image_place(owner.record_id, image.digest), images.get(image.name))
