"""Passwords: which are accepted, and their argon2id hashes (RFC 9106).

Rules after NIST SP 800-63B-4, section 3.1.1: a least length, no password that is tried first, and no rules of
composition. Hashing takes 64 MiB and some 50 ms on purpose; only so many at once do it.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from biometrics.kernel.errors import TooManyRequests, WeakPassword

SHORTEST: Final = 12  # code points
LONGEST: Final = 256
FEWEST_DIFFERENT: Final = 5  # characters
SHORTEST_WORD: Final = 4  # of the list of common ones

AT_ONCE: Final = max(2, os.cpu_count() or 1)
PATIENCE: Final = 10  # seconds that a hash waits for its turn

_RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_DISGUISES: Final = str.maketrans("0134578@$!", "oieastbasi")


class Passwords:
    """Hashes passwords and checks them; safe to use from many threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = _hash_of_nobody(self._hasher)

    def hash(self, password: str) -> str:
        """Return the hash of a password, with its parameters and a salt of its own."""
        with self._turn():
            return self._hasher.hash(_normal(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Say whether it is the password; where there is none, this takes as long as where there is."""
        with self._turn():
            try:
                right = self._hasher.verify(stored or self._nobody, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
            return right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise TooManyRequests("Too many sign in at this moment; try again in a few seconds.", 5)
        try:
            yield
        finally:
            self._turns.release()


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash that takes as long to verify as any other, and that no known password has."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (b64encode(os.urandom(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v=19${costs}${salt}${digest}"


def check_password(password: str, login: str) -> None:
    """Check that a new password is not one that is tried first.

    Raises:
        WeakPassword: the message says why.
    """
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise WeakPassword(f"Give a password of {SHORTEST} to {LONGEST} characters; several words in a row are good.")
    small = text.casefold()
    if len(set(small)) < FEWEST_DIFFERENT:
        raise WeakPassword("The password repeats a few characters; give one that is harder to guess.")
    if any(small in run * 3 or small in run[::-1] * 3 for run in _RUNS):
        raise WeakPassword("The password follows the keyboard or the alphabet; give one that is harder to guess.")
    if login.casefold() in small:
        raise WeakPassword("The password holds the login; give another one.")
    if _is_common(small):
        raise WeakPassword(
            "The password is one of those that are tried first; several unrelated words in a row are good."
        )


def _is_common(small: str) -> bool:
    """Return whether it is a common password, or two, with any digits and signs, or one repeated."""
    for spelled in (small, small.translate(_DISGUISES)):
        letters = "".join(character for character in spelled if character.isalpha())
        common = _common()
        parts = ((letters[:cut], letters[cut:]) for cut in range(SHORTEST_WORD, len(letters) - SHORTEST_WORD + 1))
        if letters in common or any(first in common and rest in common for first, rest in parts):
            return True
        if any(letters == word * (len(letters) // len(word)) for word in _beginnings(letters) if word in common):
            return True
    return False


def _beginnings(letters: str) -> Iterator[str]:
    yield from (letters[:end] for end in range(SHORTEST_WORD, len(letters) // 2 + 1))


@cache
def _common() -> frozenset[str]:
    """Return the letters of the passwords that are used most, each once."""
    return frozenset((files(__package__) / "common_passwords.txt").read_text().split())


def _normal(password: str) -> str:
    """Return a password as it is hashed, however a keyboard composed its characters."""
    return unicodedata.normalize("NFKC", password)
