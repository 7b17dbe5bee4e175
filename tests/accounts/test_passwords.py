"""Which passwords are accepted, and the file behind the tokens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from account_examples import quick_passwords

from api.accounts.passwords import Passwords, check_password
from api.accounts.secret_key import SecretKey
from biometrics.errors import StoreUnavailable, WeakPassword


@pytest.mark.parametrize(
    "password",
    [
        "seven lamps by the river",
        "correct horse battery staple",
        "xK7#mQ2$vN9!",
        "नदी के किनारे सात दीप",
        "a-b c_d e.f9 g8",
    ],
)
def test_any_long_password_that_nobody_tries_first_is_accepted(password: str) -> None:
    """No rules of composition (NIST SP 800-63B): length is what helps."""
    check_password(password, "r.patil")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "eleven char",
        "x" * 257,
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012",
        "qwertyuiopasdf",
        "abcdefghijklmnop",
        "password12345",
        "P@ssw0rd!2026",
        "Password_Password",
        "passwordpasswordpassword",
        "sunshine dragon 99",
        "Administrator1",
        "policestation27",
        "my r.patil pass",
        "Bharat2026!!!!",
    ],
)
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "r.patil")


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    passwords = quick_passwords()
    one, two = passwords.hash("the same"), passwords.hash("the same")
    assert one != two
    assert one.startswith("$argon2id$")
    assert passwords.verify(one, "the same")
    assert not passwords.verify(one, "The same")
    assert not passwords.verify(None, "the same")
    assert not passwords.verify("not a hash", "the same")


def test_the_real_parameters_are_those_of_rfc_9106() -> None:
    """Its second recommendation: 3 passes, 64 MiB, 4 lanes."""
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_is_the_same_however_it_was_typed() -> None:
    """One keyboard composes a letter of two characters, another does not."""
    passwords = quick_passwords()
    assert passwords.verify(passwords.hash("Zürich am See"), "Zu\u0308rich am See")


def test_the_key_file_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "accounts.key"
    with ThreadPoolExecutor(8) as pool:
        derived = set(pool.map(lambda _: SecretKey.open(path).derived("x"), range(8)))
    assert len(derived) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert SecretKey.open(path).derived("x") != SecretKey.open(path).derived("y")


def test_a_key_file_that_others_may_read_or_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "accounts.key"
    SecretKey.open(path)
    path.chmod(0o640)
    with pytest.raises(StoreUnavailable, match="chmod 600"):
        SecretKey.open(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(StoreUnavailable, match="damaged"):
        SecretKey.open(path)
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        SecretKey.open(path / "below a file")
