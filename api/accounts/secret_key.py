"""The secret behind tokens and one-time codes: 32 random bytes in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from biometrics.errors import StoreUnavailable

BYTES: Final = 32


class SecretKey:
    """A secret from which a key for each purpose is made, so that none says anything of another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def open(cls, path: Path) -> SecretKey:
        """Read the file, and make it where there is none.

        Raises:
            StoreUnavailable: it cannot be read or made, others may read it, or it is damaged.
        """
        try:
            if not path.exists():
                _make(path)
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise StoreUnavailable(
                    f"Others may read {path}; run chmod 600 on it, and think of who may have read it."
                )
            secret = path.read_bytes()
        except OSError as error:
            raise StoreUnavailable(f"The key file {path} cannot be used: {error.strerror}.") from error
        if len(secret) != BYTES:
            raise StoreUnavailable(f"The key file {path} is damaged; restore it from the backup of the data folder.")
        return cls(secret)

    def derived(self, purpose: str) -> bytes:
        """Return the 32 bytes of one purpose (HKDF, RFC 5869)."""
        return HKDF(SHA256(), BYTES, salt=None, info=f"pehchan {purpose}".encode()).derive(self._secret)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(secrets.token_bytes(BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # fails where another process was first: its key is the one
    except FileExistsError:
        pass
    finally:
        new.unlink()
