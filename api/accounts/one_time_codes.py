"""One-time codes of a phone's authenticator (TOTP, RFC 6238): six digits, a new one every 30 seconds."""

from __future__ import annotations

from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

from biometrics.storage.crypto.aead import Place, seal, unseal

ISSUER: Final = "Pehchan"
WINDOW: Final = 1  # steps before and after: a phone's clock may be 30 seconds off


class OneTimeCodes:
    """Makes, seals and checks the secrets that a phone makes its codes of."""

    def __init__(self, key: bytes) -> None:
        """Seal with a 32-byte key."""
        self._key = key

    def new_secret(self) -> str:
        """Return a new secret of 160 bits, in base 32."""
        return pyotp.random_base32()

    def uri(self, secret: str, login: str) -> str:
        """Return what an authenticator reads from a QR code."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)

    def seal(self, secret: str, user_id: str) -> bytes:
        """Encrypt a secret so that it opens for this account only."""
        return seal(self._key, _code_place(user_id), secret.encode())

    def step_of(self, sealed: bytes, user_id: str, code: str) -> int | None:
        """Return the time step of a code, None where it is not one of now.

        Raises:
            DecryptionFailed: the secret was sealed for another account or with another key, or was changed.
        """
        secret = unseal(self._key, _code_place(user_id), sealed).decode()
        digits = code.replace(" ", "")
        if not digits.isascii():
            return None
        try:
            return pyotp.TOTP(secret).verify_and_get_timecode(digits, valid_window=WINDOW)
        except OTPVerificationError:
            return None


def _code_place(user_id: str) -> Place:
    return ("one-time code", user_id)
