"""Signing in by an outside provider: a real one in another process, and everything that may be wrong with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from account_examples import OPERATOR, confirmed_link
from fastapi import FastAPI
from fastapi.testclient import TestClient
from officers import PATIENCE
from openid_provider import CLIENT, REDIRECT, SECRET, running_provider, tell

from api.accounts.accounts import Accounts
from api.accounts.throttle import Throttle
from api.app import create_app
from api.http.csrf import SESSION
from api.operations import oidc
from api.operations.oidc import OpenIdProvider, ProviderRegistration
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import InvalidField

START = "/api/v1/oidc/start"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def app(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings(
        data_folder=tmp_path_factory.mktemp("data"),
        database_url="",
        oidc_issuer=issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_redirect_url=REDIRECT,
        sign_ins_per_minute=10_000,
        _env_file=None,
    )
    return create_app(settings)


@pytest.fixture(scope="module")
def served(app: FastAPI) -> Iterator[TestClient]:
    """The service, with the account of an officer whom the provider knows as officer-1."""
    with TestClient(app, raise_server_exceptions=False) as client:
        accounts = cast(Accounts, app.state.services.accounts)
        new = NewUser("r.patil", "SI R. Patil", frozenset({Role.STATION_OFFICER}), Unit.of("27/519"))
        accounts.add_user(OPERATOR, new)
        confirmed_link(accounts, "r.patil", app.state.services.provider.registration.issuer, "officer-1")
        yield client


@pytest.fixture
def browser(served: TestClient, app: FastAPI, issuer: str) -> TestClient:
    """A browser without cookies, and a provider that does not lie."""
    tell(issuer, subject="officer-1")
    served.cookies.clear()
    app.state.services = replace(app.state.services, provider=OpenIdProvider(app.state.services.provider.registration))
    return served


def way_there(browser: TestClient) -> Any:
    answer = browser.get(START, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer


def at_provider(url: str) -> str:
    """Let the provider recognise somebody; return where it sends the browser back to."""
    answer = httpx.get(url, follow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 302, answer.text
    back = answer.headers["location"]
    assert back.startswith(REDIRECT)
    return back.removeprefix("http://127.0.0.1")


def signed_in(browser: TestClient) -> Any:
    return browser.get(at_provider(way_there(browser).headers["location"]))


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_officer_signs_in_by_the_provider(browser: TestClient) -> None:
    answer = signed_in(browser)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert tokens["must_enrol_totp"] is False
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = browser.get("/api/v1/me", headers=headers).json()
    assert (me["user"]["login"], set(me["scopes"])) == ("r.patil", Role.STATION_OFFICER.scopes)
    again = browser.post("/api/v1/tokens/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert again.status_code == 200


def test_a_sign_in_that_began_on_the_pages_returns_there(browser: TestClient) -> None:
    there = browser.get(START, params={"pages": "true"}, follow_redirects=False)
    answer = browser.get(at_provider(there.headers["location"]), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/")
    assert answer.headers["cache-control"] == "no-store"
    assert browser.cookies[SESSION]
    assert browser.get("/app/", follow_redirects=False).status_code == 200


def test_the_way_there_asks_for_what_keeps_it_safe(browser: TestClient, issuer: str) -> None:
    """PKCE by S256, a state and a nonce that are random, and a cookie that scripts cannot read."""
    first, second = way_there(browser), way_there(browser)
    query = {name: values[0] for name, values in parse_qs(urlsplit(first.headers["location"]).query).items()}
    assert first.headers["location"].startswith(f"{issuer}/authorize?")
    assert (query["code_challenge_method"], query["scope"], query["response_type"]) == ("S256", "openid", "code")
    other = {name: values[0] for name, values in parse_qs(urlsplit(second.headers["location"]).query).items()}
    assert all(query[name] != other[name] and len(query[name]) >= 40 for name in ("state", "nonce", "code_challenge"))
    cookie = first.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/api/v1/oidc", "Max-Age=600"))
    assert query["nonce"] not in cookie
    assert query["state"] not in cookie


LIES = [
    "nonce",
    "no nonce",
    "issuer",
    "audience",
    "audiences",
    "party",
    "expired",
    "no expiry",
    "nobody",
    "not yet",
    "algorithm none",
    "symmetric",
    "client secret",
    "key of another",
    "altered",
    "no id_token",
    "denied",
    "other issuer",
]


@pytest.mark.parametrize("lie", LIES)
def test_a_false_token_or_answer_of_the_provider_is_refused(browser: TestClient, issuer: str, lie: str) -> None:
    tell(issuer, lie=lie)
    assert refusal(signed_in(browser)) == (401, "provider_refused")


def test_several_audiences_are_fine_where_it_was_made_for_us(browser: TestClient, issuer: str) -> None:
    tell(issuer, lie="good party")
    assert signed_in(browser).status_code == 200


def test_somebody_without_an_account_gets_none(browser: TestClient, app: FastAPI, issuer: str) -> None:
    """Whoever the provider knows is not thereby an officer here."""
    tell(issuer, subject="stranger")
    assert refusal(signed_in(browser)) == (401, "wrong_credentials")
    assert len(app.state.services.accounts.users.list(OPERATOR).items) == 1


def test_a_disabled_officer_is_refused_whatever_the_provider_says(browser: TestClient, app: FastAPI) -> None:
    tokens = signed_in(browser).json()
    app.state.services.accounts.administration.disable(OPERATOR, "r.patil")
    try:
        assert refusal(signed_in(browser)) == (401, "wrong_credentials")
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert browser.get("/api/v1/me", headers=headers).status_code == 401
    finally:
        app.state.services.accounts.administration.enable(OPERATOR, "r.patil")


def test_the_way_back_is_of_the_browser_that_went(browser: TestClient) -> None:
    """Else an attacker could sign a victim in to the attacker's account, or take the victim's code."""
    back = at_provider(way_there(browser).headers["location"])
    browser.cookies.clear()
    assert refusal(browser.get(back)) == (401, "provider_refused")
    way_there(browser)  # of another sign-in
    assert refusal(browser.get(back)) == (401, "provider_refused")


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_another_state_is_refused(browser: TestClient, state: str) -> None:
    back = at_provider(way_there(browser).headers["location"])
    code = parse_qs(urlsplit(back).query)["code"][0]
    answer = browser.get("/api/v1/oidc/callback", params={"code": code, "state": state})
    assert refusal(answer) == (401, "provider_refused")


def test_a_cookie_is_not_made_up(browser: TestClient) -> None:
    back = at_provider(way_there(browser).headers["location"])
    sealed = browser.cookies["pehchan_oidc"]
    for cookie in ("", "x", sealed[:-8] + "AAAAAAA=", sealed[: len(sealed) // 2]):
        browser.cookies.clear()
        answer = browser.get(back, headers={"Cookie": f"pehchan_oidc={cookie}"})
        assert refusal(answer) == (401, "provider_refused")


def test_a_way_back_is_taken_once(browser: TestClient) -> None:
    there = way_there(browser)
    sealed = browser.cookies["pehchan_oidc"]
    back = at_provider(there.headers["location"])
    assert browser.get(back).status_code == 200
    assert "pehchan_oidc" not in browser.cookies
    assert refusal(browser.get(back, headers={"Cookie": f"pehchan_oidc={sealed}"})) == (401, "provider_refused")


def test_a_way_back_that_took_too_long_is_refused(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    back = at_provider(way_there(browser).headers["location"])
    now = time.time()
    monkeypatch.setattr(oidc.time, "time", lambda: now + oidc.FLOW_SECONDS + 1)
    assert refusal(browser.get(back)) == (401, "provider_refused")


def test_a_code_that_somebody_caught_is_worth_nothing_without_the_verifier(browser: TestClient) -> None:
    """PKCE: the provider itself refuses a code that comes with another sign-in's verifier."""
    caught = parse_qs(urlsplit(at_provider(way_there(browser).headers["location"])).query)["code"][0]
    own = parse_qs(urlsplit(way_there(browser).headers["location"]).query)["state"][0]
    answer = browser.get("/api/v1/oidc/callback", params={"code": caught, "state": own})
    assert refusal(answer) == (401, "provider_refused")


def test_new_keys_of_the_provider_are_fetched(
    browser: TestClient, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert signed_in(browser).status_code == 200
    tell(issuer, lie="new key")
    assert refusal(signed_in(browser)) == (401, "provider_refused")  # not more than once a minute
    monkeypatch.setattr(oidc, "KEYS_SECONDS", -1)
    assert signed_in(browser).status_code == 200


@pytest.mark.parametrize("lie", ["other description", "broken"])
def test_a_provider_out_of_order_is_said_to_be(browser: TestClient, issuer: str, lie: str) -> None:
    tell(issuer, lie=lie)
    answer = browser.get(START, follow_redirects=False)
    if lie == "broken":
        answer = browser.get(at_provider(answer.headers["location"]))
    assert refusal(answer) == (503, "provider_unavailable")


def test_a_provider_that_is_not_there_is_said_not_to_be(browser: TestClient, app: FastAPI) -> None:
    kept = app.state.services
    app.state.services = replace(
        app.state.services,
        provider=OpenIdProvider(ProviderRegistration("http://127.0.0.1:9", CLIENT, SECRET, REDIRECT)),
    )
    try:
        assert refusal(browser.get(START, follow_redirects=False)) == (503, "provider_unavailable")
    finally:
        app.state.services = kept


def test_sign_ins_by_the_provider_are_limited_too(browser: TestClient, app: FastAPI) -> None:
    kept = app.state.services
    app.state.services = replace(kept, client_throttle=Throttle(1, clock=lambda: 0.0))
    try:
        codes = [browser.get(START, follow_redirects=False).status_code for _ in range(2)]
    finally:
        app.state.services = kept
    assert codes == [303, 429]


def test_without_a_provider_there_is_no_way(client: TestClient) -> None:
    for path in ("start", "callback?code=x&state=y"):
        assert refusal(client.get(f"/api/v1/oidc/{path}")) == (404, "not_found")


@pytest.mark.parametrize(
    ("issuer_url", "client", "redirect"),
    [
        ("http://id.example", CLIENT, REDIRECT),
        ("https://id.example", "", REDIRECT),
        ("https://id.example", CLIENT, ""),
        ("https://id.example", CLIENT, "http://police.example/api/v1/oidc/callback"),
        ("id.example", CLIENT, REDIRECT),
    ],
)
def test_settings_that_are_not_safe_are_refused(issuer_url: str, client: str, redirect: str) -> None:
    with pytest.raises(InvalidField):
        ProviderRegistration(issuer_url, client, "", redirect)
