"""One-time codes of a phone's authenticator (TOTP, RFC 6238): six digits, a new one every 30 seconds."""

from __future__ import annotations

import secrets
from typing import Final

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp.exceptions import OTPVerificationError

from biometrics.errors import StoreUnavailable

ISSUER: Final = "Pehchan"
WINDOW: Final = 1  # steps before and after: a phone's clock may be 30 seconds off
NONCE_BYTES: Final = 12


class OneTimeCodes:
    """Makes, seals and checks the secrets that a phone makes its codes of."""

    def __init__(self, key: bytes) -> None:
        """Seal with a 32-byte key."""
        self._cipher = AESGCM(key)

    def new_secret(self) -> str:
        """Return a new secret of 160 bits, in base 32."""
        return pyotp.random_base32()

    def uri(self, secret: str, login: str) -> str:
        """Return what an authenticator reads from a QR code."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)

    def seal(self, secret: str, user_id: str) -> bytes:
        """Encrypt a secret so that it opens for this account only (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), user_id.encode())

    def step_of(self, sealed: bytes, user_id: str, code: str) -> int | None:
        """Return the time step of a code, None where it is not one of now.

        Raises:
            StoreUnavailable: the secret was sealed with another key.
        """
        secret = self._open(sealed, user_id)
        digits = code.replace(" ", "")
        if not digits.isascii():
            return None
        try:
            return pyotp.TOTP(secret).verify_and_get_timecode(digits, valid_window=WINDOW)
        except OTPVerificationError:
            return None

    def _open(self, sealed: bytes, user_id: str) -> str:
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, ciphertext, user_id.encode()).decode()
        except InvalidTag as error:
            raise StoreUnavailable(
                "The secret of the one-time codes was sealed with another key; put accounts.key back, "
                "or reset the codes with 'pehchan user totp'."
            ) from error
