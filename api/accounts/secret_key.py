"""The secret behind tokens and one-time codes: it lies in the database, wrapped by the station's master key."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BYTES: Final = 32


class SecretKey:
    """A secret from which a key for each purpose is made, so that none says anything of another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def derived(self, purpose: str) -> bytes:
        """Return the 32 bytes of one purpose (HKDF, RFC 5869)."""
        return HKDF(SHA256(), BYTES, salt=None, info=f"pehchan {purpose}".encode()).derive(self._secret)
