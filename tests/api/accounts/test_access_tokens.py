"""Forged and altered tokens."""

from __future__ import annotations

import base64
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from account_examples import Desk, Person
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from api.accounts.access_tokens import ALGORITHM, AccessTokens
from biometrics.kernel.errors import TokenExpired, Unauthenticated


@pytest.fixture
def person(desk: Desk) -> Person:
    return desk.person("r.patil")


def payload_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def key_of(person: Person) -> OctKey:
    return person.accounts._tokens._key


def forged(person: Person, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """Return a token with the real key, changed: only what the test names is wrong with it."""
    assert person.tokens
    claims = payload_of(person.tokens.access) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt"} | (header or {}), kept, key_of(person))


def test_a_token_says_when_it_ends_whose_it_is_and_where(person: Person) -> None:
    assert person.tokens
    claims = payload_of(person.tokens.access)
    assert claims["exp"] - claims["iat"] <= 15 * 60
    assert (claims["aud"], claims["iss"], claims["sub"]) == ("pehchan-api", "pehchan:test", person.id)
    assert (claims["unit"], claims["roles"]) == ("27/519/27519004", ["station_officer"])
    assert person.accounts.recognition.by_header(f"Bearer {forged(person)}").user.id == person.id


def test_no_token_lives_longer_than_a_quarter_of_an_hour() -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        AccessTokens(b"k" * 32, "x", timedelta(minutes=16))


def test_an_expired_token_says_so(person: Person) -> None:
    with pytest.raises(TokenExpired):
        person.accounts.recognition.by_header(f"Bearer {forged(person, exp=int(time.time()) - 1)}")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "pehchan:other"},
        {"aud": "other"},
        {"aud": None},
        {"exp": None},
        {"iss": None},
        {"sid": None},
        {"sid": "11111111-1111-4111-8111-111111111111"},
        {"sub": "11111111-1111-4111-8111-111111111111"},
        {"nbf": 9_999_999_999},
        {"exp": "tomorrow"},
    ],
)
def test_a_token_of_something_else_is_refused(person: Person, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        person.accounts.recognition.by_header(f"Bearer {forged(person, **changes)}")


@pytest.mark.parametrize("changes", [{"roles": ["administrator"]}, {"unit": "national"}, {"roles": None}])
def test_a_token_cannot_say_more_than_the_account(person: Person, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenExpired):
        person.accounts.recognition.by_header(f"Bearer {forged(person, **changes)}")


def test_a_token_without_a_signature_is_refused(person: Person) -> None:
    assert person.tokens
    _, payload, signature = person.tokens.access.split(".")
    for algorithm in ("none", "None", "HS256"):
        header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "at+jwt"}).encode()).decode().rstrip("=")
        for end in ("", signature):
            with pytest.raises(Unauthenticated):
                person.accounts.recognition.by_header(f"Bearer {header}.{payload}.{end}")


def test_a_token_by_another_algorithm_or_key_is_refused(person: Person) -> None:
    assert person.tokens
    claims = payload_of(person.tokens.access)
    others = [
        jwt.encode({"alg": "HS512", "typ": "at+jwt"}, dict(claims), key_of(person), algorithms=["HS512"]),
        jwt.encode({"alg": "HS256", "typ": "at+jwt"}, dict(claims), OctKey.generate_key(256)),
        jwt.encode({"alg": "ES256", "typ": "at+jwt"}, dict(claims), ECKey.generate_key("P-256")),
        forged(person, {"typ": "JWT"}),
    ]
    for token in others:
        with pytest.raises(Unauthenticated):
            person.accounts.recognition.by_header(f"Bearer {token}")


def test_a_token_with_any_character_changed_is_refused(person: Person) -> None:
    assert person.tokens
    token = person.tokens.access
    for place in range(0, len(token) - 1, 7):
        if token[place] == ".":
            continue
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(Unauthenticated):
            person.accounts.recognition.by_header(f"Bearer {token[:place]}{other}{token[place + 1 :]}")
