"""One-time passwords: an administrator gives one to the owner of an account, who replaces it at the first sign-in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from api.accounts.values import digest
from biometrics.accounts.credentials import Credentials
from biometrics.accounts.work import Setup

SETUP_LIFETIME: Final = timedelta(hours=72)


def new_setup() -> tuple[Setup, str]:
    """Return a one-time password of 100 random bits, for the database and for its owner to type."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
    groups = ["".join(secrets.choice(letters) for _ in range(5)) for _ in range(4)]
    password = "-".join(groups)
    return Setup(digest(_plain(password)), datetime.now(UTC) + SETUP_LIFETIME), password


def is_setup_password(credentials: Credentials, password: str) -> bool:
    """Return whether this is the account's one-time password, still valid; dashes and case do not matter."""
    if (
        credentials.setup_sha256 is None
        or credentials.setup_until is None
        or credentials.setup_until <= datetime.now(UTC)
    ):
        return False
    return secrets.compare_digest(digest(_plain(password)), credentials.setup_sha256)


def _plain(password: str) -> str:
    return password.replace("-", "").replace(" ", "").lower()
