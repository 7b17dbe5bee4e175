"""How a page and the bridge prove to each other that they know the bridge's token, without sending it.

Both send a nonce; each answers with the HMAC-SHA256, under the token, of its role and both nonces. So a page of another
site learns nothing by connecting, and neither does a program of another user that took the bridge's port.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from biometrics.kernel.technique.private_folders import make_private, restrict
from capture.errors import MalformedRequest

NONCE_BYTES: Final = 32
_FILE: Final = "capture-token"


@dataclass(frozen=True)
class Pairing:
    """One connection's nonces, and the token (base64url) that both ends know."""

    token: str
    of_page: bytes
    of_bridge: bytes

    @classmethod
    def answering(cls, token: str, nonce: object) -> Pairing:
        """Answer a page's nonce, in base64.

        Raises:
            MalformedRequest: it is none.
        """
        try:
            decoded = base64.b64decode(nonce, validate=True) if isinstance(nonce, str) else b""
        except (binascii.Error, ValueError):
            decoded = b""
        if len(decoded) != NONCE_BYTES:
            raise MalformedRequest(f"A nonce must have {NONCE_BYTES} bytes, in base64.")
        return cls(token, decoded, secrets.token_bytes(NONCE_BYTES))

    def proof(self, role: str) -> str:
        """Return the proof (base64) of "page" or "bridge"."""
        content = role.encode() + self.of_page + self.of_bridge
        return base64.b64encode(hmac.digest(self.token.encode(), content, sha256)).decode()

    def proves(self, proof: object) -> bool:
        """Return whether a page's proof is right."""
        return isinstance(proof, str) and proof.isascii() and hmac.compare_digest(proof, self.proof("page"))


def token_in(folder: Path, *, new: bool = False) -> str:
    """Return the token in a folder, which only its owner may read; make one if there is none, or if `new`.

    Raises:
        StoreUnavailable: others may read it, and that cannot be changed.
        OSError: it cannot be read or written.
    """
    make_private(folder)
    path = folder / _FILE
    if new:
        path.unlink(missing_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        restrict(path)
    return path.read_text().strip()
