"""One-time codes of a phone's authenticator (TOTP, RFC 6238), one-time passwords, and codes on paper.

A one-time password has two halves. Two people who make an account, or reset its password, each have one of them, and
give it to its owner, who replaces it at the first sign-in (`biometrics.accounts.two_people`).
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

from api.accounts.values import digest
from biometrics.accounts.credentials import Credentials
from biometrics.accounts.repository import Setup
from biometrics.accounts.two_people import joined
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


SETUP_LIFETIME: Final = timedelta(hours=72)
_GROUP: Final = 5  # letters of nearly 5 bits each
_HALF: Final = 3 * _GROUP


def new_letters(groups: int = 3) -> str:
    """Return random letters, about 25 bits in each group; the three of a half hold 74 bits."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
    return "-".join("".join(secrets.choice(letters) for _ in range(_GROUP)) for _ in range(groups))


def new_setup() -> tuple[Setup, str]:
    """Return a one-time password, both halves, for the database and for its owner to type."""
    first, second = new_letters(), new_letters()
    both = joined(letters_digest(first), letters_digest(second))
    return Setup(both, datetime.now(UTC) + SETUP_LIFETIME), f"{first}-{second}"


def is_setup_password(credentials: Credentials, password: str) -> bool:
    """Return whether this is the account's one-time password, still valid; dashes and case do not matter."""
    if (
        credentials.setup_sha256 is None
        or credentials.setup_until is None
        or credentials.setup_until <= datetime.now(UTC)
    ):
        return False
    plain = _plain(password)
    both = joined(digest(plain[:_HALF]), digest(plain[_HALF:]))
    return secrets.compare_digest(both, credentials.setup_sha256)


def is_paper_code(credentials: Credentials, paper: str) -> bool:
    """Return whether this is the code on paper of the account's owner; dashes and case do not matter."""
    stored_digest = credentials.paper_sha256
    return stored_digest is not None and secrets.compare_digest(letters_digest(paper), stored_digest)


def letters_digest(text: str) -> str:
    """Return the form in which letters are stored; dashes, blanks and case do not matter."""
    return digest(_plain(text))


def _plain(password: str) -> str:
    return password.replace("-", "").replace(" ", "").lower()
