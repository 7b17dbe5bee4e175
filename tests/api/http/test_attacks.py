"""From outside: every route, with credentials that are no good any more, and with good ones for something else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from account_examples import OPERATOR, Desk, Person, with_quick_passwords
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey
from officers import new_key
from sqlalchemy import func, select, text, update
from surface import Route
from walking import V1, Walker, chosen

from api.accounts.throttle import Throttle
from api.http.authentication import Public, check_declared, declarations, for_everybody
from api.http.paths import PREFIX
from api.http.uploads import STRANGERS_BYTES
from api.operations.work_queue import Work
from biometrics.accounts.model import NewApiKey
from biometrics.kernel.access import Role, Scope, Unit
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import api_keys
from biometrics.storage.tables.audit import audit_entries

BY_CONTENT = f"POST {V1}/itl/transactions"  # what it needs is in the file
PER_ACCOUNT = (f"{V1}/notifications", f"{V1}/tasks", f"{V1}/webhooks")  # those of others are unknown
READS_NOTHING = f"POST {PREFIX}/sign-out"  # its body is not read, whoever sends it
LARGE = b"x=" + b"x" * (2 * STRANGERS_BYTES)
DAY = timedelta(days=1)

SHARES = pytest.mark.parametrize(
    "every", [pytest.param(8, id="an eighth"), pytest.param(1, id="all", marks=pytest.mark.reach)]
)


@pytest.fixture(scope="module")
def guarded(walker: Walker) -> list[Route]:
    """Return the operations of our API that need an account; open are health, signing in, and outside providers."""
    declared = {f"{method} {path}": needed for method, path, needed in declarations(walker.app)}
    is_open = {name.partition(" ")[2] for name, needed in declared.items() if isinstance(needed, Public)}
    assert {path.removeprefix(V1).split("/")[1] for path in is_open} == {"health", "tokens", "oidc"}
    return [route for route in walker.own if route.path not in is_open]


@pytest.fixture(scope="module")
def desk(walker: Walker) -> Desk:
    return Desk(with_quick_passwords(walker.accounts), OPERATOR)


def reading(walker: Walker, every: int = 1) -> list[Route]:
    """Return every so-many-th of the routes of each mount that take a body."""
    mounts: dict[str, list[Route]] = {"": [], "/osia": [], "/mosip": [], PREFIX: []}
    for route in walker.routes:
        if route.method in ("POST", "PUT", "PATCH") and str(route) != READS_NOTHING:
            mounts[route.application].append(route)
    return [route for routes in mounts.values() for route in routes[::every]]


@pytest.mark.essential
def test_a_stranger_is_refused_on_every_mount_however_much_they_send(walker: Walker, guarded: list[Route]) -> None:
    for route in guarded:
        answer = walker.send(route, walker.bare(route), "")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), str(route)
        assert answer.headers["www-authenticate"] == "Bearer"
    for route in reading(walker):
        answer = walker.send_bytes(route, LARGE, "Bearer pehchan_made_up")
        if route.application == PREFIX:
            assert (answer.status_code, answer.headers["location"][:12]) == (303, f"{PREFIX}/sign-in"), str(route)
        else:
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), str(route)
            assert "unauthenticated" in answer.text, str(route)


@contextmanager
def services(walker: Walker, **others: Any) -> Iterator[None]:
    usual = walker.app.state.services
    walker.app.state.services = replace(usual, **others)
    try:
        yield
    finally:
        walker.app.state.services = usual


@SHARES
def test_too_many_large_requests_are_answered_429_on_every_mount(walker: Walker, every: int) -> None:
    """A client that is told 401 would throw its key away instead of waiting."""
    known = new_key(walker.accounts)
    with services(walker, account_throttle=Throttle(1, clock=lambda: 0.0)):
        walker.client.get(f"{V1}/me", headers={"Authorization": known})
        for route in reading(walker, every):
            answer = walker.send_bytes(route, LARGE, known)
            assert answer.status_code == 429, (str(route), answer.text)
            assert int(answer.headers["retry-after"]) > 0, str(route)
            assert "too_many_requests" in answer.text, str(route)


@SHARES
def test_large_requests_are_answered_503_on_every_mount_while_accounts_cannot_be_read(
    walker: Walker, every: int
) -> None:
    known = new_key(walker.accounts, Role.MACHINE_CLIENT)
    database = walker.app.state.services.engine.store.database
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE api_keys RENAME TO api_keys_away"))
    try:
        for route in reading(walker, every):
            answer = walker.send_bytes(route, LARGE, known)
            assert answer.status_code == 503, (str(route), answer.text)
            assert int(answer.headers["retry-after"]) > 0, str(route)
            assert "store_unavailable" in answer.text, str(route)
    finally:
        with database.writing() as connection:
            connection.execute(text("ALTER TABLE api_keys_away RENAME TO api_keys"))


def test_a_request_without_room_is_refused_before_its_body_is_read(walker: Walker) -> None:
    stopping = Work(1, 0, 1, 100)
    stopping.stop()
    path, headers = f"{V1}/identify", {"Content-Type": "multipart/form-data; boundary=x"}
    with services(walker, work=stopping):
        refused = walker.client.post(path, content=LARGE, headers=headers | {"Authorization": walker.key})
    assert (refused.status_code, refused.json()["code"]) == (503, "stopping")
    assert "retry-after" in refused.headers


@SHARES
def test_an_empty_json_body_is_refused_or_taken_on_every_mount(walker: Walker, every: int) -> None:
    sent = [(route, content) for route in reading(walker) for content in (b"", b" ", b"null")]
    for route, content in chosen(sent, 2, every):
        answer = walker.send_bytes(route, content, walker.authorization(route))
        assert answer.status_code < 500, (str(route), content, answer.text)


def database_of(desk: Desk) -> Database:
    return desk.accounts.users._database


def entries(desk: Desk) -> int:
    with database_of(desk).reading() as connection:
        return connection.execute(select(func.count()).select_from(audit_entries)).scalar_one()


_number = iter(range(10_000))


def login() -> str:
    return f"attacked{next(_number)}"


def all_roles(desk: Desk) -> Person:
    """Return somebody with all roles of people everywhere, who has signed in."""
    person = desk.person(login(), Role.ADMINISTRATOR, "national")
    roles = frozenset(role for role in Role if not role.is_machine)
    desk.accounts.administration.change_rights(OPERATOR, person.login, roles, None)
    assert person.tokens
    person.tokens = desk.accounts.refresh(person.tokens.refresh)
    return person


def everything(desk: Desk) -> tuple[str, str]:
    """Return the login of somebody with all roles of people everywhere, and an access token of theirs."""
    person = all_roles(desk)
    assert person.tokens
    return person.login, person.tokens.access


def machine_key(desk: Desk, scopes: frozenset[Scope] = frozenset()) -> tuple[str, str]:
    name = login()
    desk.new(name, Role.MACHINE_CLIENT, "national")
    return name, desk.accounts.add_key(OPERATOR, name, NewApiKey("x", DAY, scopes))[1]


def no_header(_: Desk) -> str:
    return ""


def nonsense(_: Desk) -> str:
    return "Bearer eyJhbGciOiJub25lIn0.e30."


def token_in_basic(desk: Desk) -> str:
    return f"Basic {everything(desk)[1]}"


def expired_token(desk: Desk) -> str:
    _, token = everything(desk)
    key = desk.accounts._tokens._key
    claims = dict(jwt.decode(token, key).claims) | {"exp": int(time.time()) - 1}
    return f"Bearer {jwt.encode({'alg': 'HS256', 'typ': 'at+jwt'}, claims, key)}"


def forged_token(desk: Desk) -> str:
    _, token = everything(desk)
    claims = dict(jwt.decode(token, desk.accounts._tokens._key).claims)
    return f"Bearer {jwt.encode({'alg': 'HS256', 'typ': 'at+jwt'}, claims, OctKey.generate_key(256))}"


def refresh_token(desk: Desk) -> str:
    tokens = desk.person(login()).tokens
    assert tokens
    return f"Bearer {tokens.refresh}"


def token_of_who_signed_out(desk: Desk) -> str:
    person = desk.person(login())
    assert person.tokens
    desk.accounts.revoke(person.tokens.refresh)
    return person.header


def token_of_a_disabled_account(desk: Desk) -> str:
    name, token = everything(desk)
    desk.accounts.administration.disable(OPERATOR, name)
    return f"Bearer {token}"


def token_of_somebody_whose_password_was_reset(desk: Desk) -> str:
    name, token = everything(desk)
    desk.accounts.reset_password(OPERATOR, name)
    return f"Bearer {token}"


def token_of_a_stolen_session(desk: Desk) -> str:
    """Its refresh token was used twice."""
    person = desk.person(login())
    assert person.tokens
    fresh = desk.accounts.refresh(person.tokens.refresh)
    with pytest.raises(Exception, match="not good"):
        desk.accounts.refresh(person.tokens.refresh)
    return f"Bearer {fresh.access}"


def token_of_before_the_rights_changed(desk: Desk) -> str:
    name, token = everything(desk)
    desk.accounts.administration.change_rights(OPERATOR, name, frozenset({Role.AUDITOR}), Unit("27"))
    return f"Bearer {token}"


def revoked_key(desk: Desk) -> str:
    _, key = machine_key(desk)
    desk.accounts.administration.revoke_key(OPERATOR, key[:16])
    return f"Bearer {key}"


def expired_key(desk: Desk) -> str:
    _, key = machine_key(desk)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with database_of(desk).writing() as connection:
        connection.execute(update(api_keys).where(api_keys.c.prefix == key[:16]).values(expires_at=past))
    return f"Bearer {key}"


def key_of_a_disabled_account(desk: Desk) -> str:
    name, key = machine_key(desk)
    desk.accounts.administration.disable(OPERATOR, name)
    return f"Bearer {key}"


def key_cut_short(desk: Desk) -> str:
    return f"Bearer {machine_key(desk)[1][:-1]}"


NOT_GOOD = [
    no_header,
    nonsense,
    token_in_basic,
    expired_token,
    forged_token,
    refresh_token,
    token_of_who_signed_out,
    token_of_a_disabled_account,
    token_of_somebody_whose_password_was_reset,
    token_of_a_stolen_session,
    token_of_before_the_rights_changed,
    revoked_key,
    expired_key,
    key_of_a_disabled_account,
    key_cut_short,
]


TRIED = {f"GET {V1}/records", f"POST {V1}/enrolments", f"POST {V1}/identify"}  # a read, a change and a search


@pytest.mark.essential
@pytest.mark.parametrize("every", [pytest.param(8, id="an eighth"), pytest.param(1, id="all", marks=pytest.mark.reach)])
@pytest.mark.parametrize("credential", NOT_GOOD)
def test_no_route_takes_a_credential_that_is_not_good(
    walker: Walker, guarded: list[Route], desk: Desk, credential: Callable[[Desk], str], every: int
) -> None:
    """At once, not when the token has run out; and whatever else is wrong with a request is not told to a stranger."""
    header = credential(desk)
    before = entries(desk)
    some = {str(route): route for route in chosen(guarded, NOT_GOOD.index(credential), every)}
    for route in (some | {name: walker.route(name) for name in TRIED}).values():
        answer = walker.send(route, walker.bare(route), header)
        assert answer.status_code == 401, (str(route), answer.text)
        assert answer.json()["code"] in ("unauthenticated", "token_expired"), str(route)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert entries(desk) == before


def test_a_good_token_is_taken_where_the_others_were_not(client: TestClient, desk: Desk) -> None:
    """So that the test above does not pass because nobody is let in."""
    headers = {"Authorization": f"Bearer {everything(desk)[1]}"}
    assert client.get("/api/v1/users", headers=headers).status_code == 200
    assert client.get("/api/v1/records", headers=headers).status_code == 200
    headers = {"Authorization": f"Bearer {machine_key(desk)[1]}"}
    assert client.get("/api/v1/records", headers=headers).status_code == 200


@pytest.mark.parametrize("scope", [Scope.TASK_READ, pytest.param(Scope.TASK_UPDATE, marks=pytest.mark.reach)])
def test_a_key_for_something_else_opens_nothing(walker: Walker, guarded: list[Route], desk: Desk, scope: Scope) -> None:
    header = f"Bearer {machine_key(desk, frozenset({scope}))[1]}"
    for route in guarded:
        if str(route) in (f"GET {V1}/me", BY_CONTENT) or route.path.startswith(PER_ACCOUNT):
            continue
        if route.path == f"{V1}/find":  # it lists what the caller may list
            found = walker.send(route, replace(walker.bare(route), query=(("text", "27"),)), header).json()
            assert found == {"records": [], "cases": [], "searches": [], "more_records": False, "more_searches": False}
            continue
        check_forbidden(walker, route, header)


def test_a_password_without_a_phone_opens_nothing(walker: Walker, guarded: list[Route], desk: Desk) -> None:
    header = desk.person(login(), Role.ADMINISTRATOR, "national", totp=False).header
    for route in guarded:
        if not route.path.startswith(f"{V1}/me"):
            check_forbidden(walker, route, header)
    new = {"label": "x", "days": 1}
    assert walker.client.post(f"{V1}/api-keys", json=new, headers={"Authorization": header}).status_code == 403


def check_forbidden(walker: Walker, route: Route, header: str) -> None:
    answer = walker.send(route, walker.bare(route), header)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (str(route), answer.text)


CHUNK, CHUNKS = 32 * 1024, 500


async def sent(app: FastAPI, path: str, authorization: str) -> tuple[int, int]:
    """Send 16 MB in parts; return how much of it was read, and the status of the answer."""
    read, answers = 0, []
    headers = {"authorization": authorization, "content-type": "multipart/form-data; boundary=x"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("testserver", 80),
        "client": ("192.0.2.9", 4000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += CHUNK
        start = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' if read == CHUNK else b""
        end = b"" if read < CHUNK * CHUNKS else b"\r\n--x--\r\n"
        return {"type": "http.request", "body": start + bytes(CHUNK) + end, "more_body": not end}

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, receive, send)
    return read, answers[0]["status"]


@pytest.mark.parametrize("path", [f"{V1}/identify", f"{V1}/tokens"])
def test_the_body_of_an_unauthenticated_request_is_not_read(client: TestClient, path: str) -> None:
    read, status = asyncio.run(sent(cast(FastAPI, client.app), path, "Bearer pehchan_made_up"))
    assert status == 401
    assert read <= STRANGERS_BYTES + 2 * CHUNK


def test_the_body_of_an_authenticated_request_is_read(client: TestClient, desk: Desk) -> None:
    """So that the test above is of strangers."""
    key = f"Bearer {machine_key(desk)[1]}"
    read, status = asyncio.run(sent(cast(FastAPI, client.app), "/api/v1/verify", key))
    assert (read, status) == (CHUNK * CHUNKS, 422)


def test_many_requests_with_an_expired_token_are_answered_to_get_a_new_one(client: TestClient, desk: Desk) -> None:
    files = {"photo": bytes(5 * STRANGERS_BYTES)}
    answer = client.post("/api/v1/identify", files=files, headers={"Authorization": expired_token(desk)})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_route_that_declares_nothing_is_not_served() -> None:
    inner, outer = APIRouter(), APIRouter(dependencies=[for_everybody()])

    def anything() -> None:
        """Answer nothing."""

    outer.add_api_route("/declared", anything)
    made = FastAPI()
    made.include_router(outer)
    check_declared(made)
    inner.add_api_route("/forgotten", anything)
    later = APIRouter()
    later.include_router(inner)
    made.include_router(later, prefix="/api")
    with pytest.raises(TypeError, match="/forgotten"):
        check_declared(made)


def test_no_answer_shows_a_secret(client: TestClient, desk: Desk) -> None:
    person = all_roles(desk)
    assert person.tokens
    name, token = person.login, person.tokens.access
    headers = {"Authorization": f"Bearer {token}"}
    new = {"label": "x", "days": 1, "password": person.password, "code": person.code()}
    key: Any = client.post("/api/v1/api-keys", json=new, headers=headers).json()["key"]
    shown = "".join(
        client.get(path, headers=headers).text
        for path in ("/api/v1/me", "/api/v1/users?limit=200", f"/api/v1/users/{name}", "/api/v1/api-keys")
    )
    for secret in (key, token, "argon2", "sha256", "totp_sealed"):
        assert secret not in shown
