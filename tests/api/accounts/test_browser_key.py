"""The key that seals what a browser keeps: each account's own, only for its own session, and always the same."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from account_examples import OPERATOR, PASSWORD, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from officers import new_key

from api.accounts.accounts import Accounts
from api.accounts.factory import accounts_of
from api.accounts.values import EnteredCredentials, Tokens
from api.app import create_app
from api.bootstrap.store import open_store
from api.http.csrf import ACCOUNT, SESSION
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.records.key_store import KeyStore
from biometrics.storage.crypto.master_keys import add_to_file, remove_from_file

PATH = "/api/v1/me/browser-key"
NAMES = (f"browser{number}" for number in itertools.count())


def settings_of(folder: Path, **more: Any) -> Settings:
    return Settings(data_folder=folder, totp_required=False, task_workers=0, _env_file=None, **more)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(settings_of(tmp_path_factory.mktemp("browsers") / "data"))) as opened:
        yield opened


def accounts(service: TestClient) -> Accounts:
    return cast(Accounts, cast(FastAPI, service.app).state.services.accounts)


def officer(service: TestClient) -> Tokens:
    login = next(NAMES)
    new = NewUser(login, "R. Patil", frozenset({Role.STATION_OFFICER}), Unit())
    _, once = accounts(service).add_user(OPERATOR, new)
    return accounts(service).sign_in(EnteredCredentials(login, once, new_password=PASSWORD))


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_each_account_gets_a_key_of_its_own_that_nobody_may_store(service: TestClient) -> None:
    first, second = officer(service), officer(service)
    again = accounts(service).sign_in(EnteredCredentials(first.user.login, PASSWORD))
    answers = [service.get(PATH, headers=bearer(tokens.access)) for tokens in (first, again, second)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    keys = [base64.b64decode(answer.json()["sealing_key"]) for answer in answers]
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {32}
    assert 0 < answers[0].json()["expires_in"] <= 3600


def test_only_a_persons_own_session_gets_it(service: TestClient) -> None:
    tokens = officer(service)
    session = bearer(tokens.access)
    assert service.get(PATH).status_code == 401
    new = {"label": "desk", "days": 1, "password": PASSWORD}
    own_key = service.post("/api/v1/api-keys", json=new, headers=session).json()["key"]
    machine = {"Authorization": new_key(accounts(service), Role.MACHINE_CLIENT)}
    for key in (bearer(own_key), machine):
        assert service.get("/api/v1/me", headers=key).status_code == 200
        refused = service.get(PATH, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert service.get(PATH, headers=session).status_code == 200
    assert service.get(PATH, params={"user": "another"}, headers=session).status_code == 422, "nobody names an account"
    accounts(service).reset_password(OPERATOR, tokens.user.login)
    assert service.get(PATH, headers=session).status_code == 401


def test_a_page_of_another_account_than_the_cookies_is_refused(service: TestClient) -> None:
    first, second = officer(service), officer(service)
    cookie = {"Cookie": f"{SESSION}={second.refresh}", "Origin": "http://testserver"}
    assert service.get(PATH, headers=cookie).status_code == 200
    assert service.get(PATH, headers=cookie | {ACCOUNT: second.user.id}).status_code == 200
    for method, path in (("GET", PATH), ("GET", "/api/v1/records"), ("DELETE", "/api/v1/me/sessions")):
        refused = service.request(method, path, headers=cookie | {ACCOUNT: first.user.id})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert service.get(PATH, headers=cookie).status_code == 200, "the session goes on"


def test_a_master_key_that_is_replaced_changes_no_key(tmp_path: Path) -> None:
    master = tmp_path / "master.key"
    settings = settings_of(tmp_path / "data", master_key_file=master)
    with open_store(settings).as_system("a test") as store:
        before = accounts_of(settings, store)
        before.add_user(OPERATOR, NewUser("rotated", "R. Patil", frozenset({Role.STATION_OFFICER}), Unit()))
        session = before.recognition.by_header(f"Bearer {token_of(before, 'rotated')}")
        key, _ = before.browser_key(session)
        add_to_file(master)
        KeyStore(store).rotate(lambda *_: None)
        assert remove_from_file(master, KeyStore(store).masters_in_use())
    with open_store(settings).as_system("a test") as store:
        after = accounts_of(settings, store)
        assert after.browser_key(session)[0] == key
