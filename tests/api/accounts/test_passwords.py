"""Which passwords are accepted, and how they are kept."""

from __future__ import annotations

import pytest
from account_examples import quick_passwords
from argon2 import extract_parameters

from api.accounts.passwords import Passwords, check_password
from biometrics.kernel.errors import WeakPassword


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
    first, two = passwords.hash("the same"), passwords.hash("the same")
    assert first != two
    assert first.startswith("$argon2id$")
    assert passwords.verify(first, "the same")
    assert not passwords.verify(first, "The same")
    assert not passwords.verify(None, "the same")
    assert not passwords.verify("not a hash", "the same")
    assert extract_parameters(passwords._nobody) == extract_parameters(first), "the login without a password is told"


def test_the_real_parameters_are_those_of_rfc_9106() -> None:
    """Its second recommendation: 3 passes, 64 MiB, 4 lanes."""
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_is_the_same_however_it_was_typed() -> None:
    passwords = quick_passwords()
    assert passwords.verify(passwords.hash("Zürich am See"), "Zu\u0308rich am See")
