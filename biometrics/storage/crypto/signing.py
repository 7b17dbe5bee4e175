"""The station's signatures: Ed25519 (RFC 8032), with a key that is kept as the data keys are."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection

from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.tables.keys import SIGNING


class Signer:
    """Signs on the station's behalf. `public_key` is 32 bytes in hex; publish it where the station cannot change it."""

    def __init__(self, keys: DataKeys, connection: Connection) -> None:
        """Take the station's key, made with the first signature."""
        self._private = Ed25519PrivateKey.from_private_bytes(keys.obtain(connection, SIGNING))

    @property
    def public_key(self) -> str:
        """What verifies the signatures."""
        return self._private.public_key().public_bytes_raw().hex()

    def sign(self, content: bytes) -> str:
        """Return the signature in hex."""
        return self._private.sign(content).hex()


def public_key_of(secret: bytes) -> str:
    """Return the public key that verifies the signatures of a station's key, in hex."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Say whether a signature is that of a content by the owner of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
