"""Bytes sealed with AES-256-GCM (NIST SP 800-38D), and bound to the place where they lie.

    4 bytes    mark of a sealed content and its version
    12         nonce, fresh for every sealing
    n          the content, encrypted
    16         tag over all of it and the place

The place (kind, owner of the key, number or digest …) is authenticated, not stored: sealed bytes that are moved to
another row or file cannot be opened there. A key seals far fewer than the 2**32 contents that random nonces allow.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from biometrics.kernel.errors import DecryptionFailed

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MARK: Final = b"\x9ePS\x01"  # no codec of ours, and no image format, begins so

_START: Final = len(MARK) + NONCE_BYTES

Place = tuple[str, ...]


def template_place(record_id: str, sample_id: int, model: str) -> Place:
    """Return the associated data of a stored template: where it is stored."""
    return ("template", record_id, str(sample_id), model)


def image_place(record_id: str, digest: str) -> Place:
    """Return the associated data of an image; `digest` is the SHA-256 in hex of the file as it came in."""
    return ("image", record_id, digest)


def probe_place(search_id: str, ordinal: int, modality: str, model: str) -> Place:
    """Return the associated data of a probe of a stored search."""
    return ("probe", search_id, str(ordinal), modality, model)


def search_image_place(search_id: str, ordinal: int) -> Place:
    """Return the associated data of the file of a probe that is kept for examiners."""
    return ("search image", search_id, str(ordinal))


def seal(secret: bytes, associated: Place, content: bytes) -> bytes:
    """Encrypt a content for its place; `secret` has KEY_BYTES."""
    nonce = os.urandom(NONCE_BYTES)
    return MARK + nonce + AESGCM(secret).encrypt(nonce, content, _bound_to(associated))


def unseal(secret: bytes, associated: Place, sealed: bytes) -> bytes:
    """Decrypt what was sealed for a place.

    Raises:
        DecryptionFailed: a byte was changed, it was sealed for another place or with another key, or is not sealed.
    """
    if not sealed.startswith(MARK):
        raise failure(associated, "it is not encrypted")
    try:
        return AESGCM(secret).decrypt(sealed[len(MARK) : _START], sealed[_START:], _bound_to(associated))
    except (InvalidTag, ValueError) as error:
        raise failure(associated, "it was changed, or belongs elsewhere") from error


def failure(associated: Place, why: str) -> DecryptionFailed:
    """Return the error for what cannot be opened in its place."""
    return DecryptionFailed(f"The stored {' '.join(associated[:3])} cannot be opened: {why}. Restore it from a backup.")


def _bound_to(associated: Place) -> bytes:
    return MARK + "\x1f".join(associated).encode()
