"""From outside: every route, with credentials that are no good any more, and with good ones for something else."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from account_examples import OPERATOR, Desk, Person
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import func, select, update

from api.accounts.accounts import Accounts
from api.accounts.throttle import Throttle
from api.http.authentication import check_declared, declarations, for_everybody
from api.http.uploads import STRANGERS_BYTES
from biometrics.accounts.model import NewApiKey
from biometrics.kernel.access import Role, Scope, Unit
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import api_keys
from biometrics.storage.tables.audit import audit_entries

OPEN = {"/api/v1/health", "/health/live", "/health/ready"}  # and what begins with:
OPEN_BELOW = ("/api/v1/tokens", "/api/v1/oidc/")
OF_ONESELF = "/api/v1/me"
PER_ACCOUNT = ("/api/v1/notifications", "/api/v1/tasks", "/api/v1/webhooks")  # those of others are unknown
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Operation:
    """One operation that the API documents, with made-up ids in its path."""

    method: str
    path: str

    @property
    def is_open(self) -> bool:
        return self.path in OPEN or self.path.startswith(OPEN_BELOW)


FIND = Operation("GET", "/api/v1/find")
BY_CONTENT = Operation("POST", "/api/v1/itl/transactions")  # what it needs is in the file


@pytest.fixture(scope="module")
def operations(client: TestClient) -> list[Operation]:
    documented = client.get("/openapi.json").json()["paths"]
    results = [
        Operation(method.upper(), re.sub(r"\{[^}]*(number|ordinal|sample_id)[^}]*\}", "1", path))
        for path, methods in documented.items()
        for method in methods
    ]
    unknown = "11111111-1111-4111-8111-111111111111"
    return [Operation(result.method, re.sub(r"\{[^}]*\}", unknown, result.path)) for result in results]


@pytest.fixture
def desk(client: TestClient) -> Iterator[Desk]:
    app = cast(FastAPI, client.app)
    kept = app.state.services
    app.state.services = replace(app.state.services, account_throttle=Throttle(1_000_000))
    yield Desk(cast(Accounts, app.state.services.accounts), OPERATOR)
    app.state.services = kept


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


# In the first tier every credential is tried on a read, a change and a search, and two of them on every route.
TRIED = {("GET", "/api/v1/records"), ("POST", "/api/v1/enrolments"), ("POST", "/api/v1/identify")}
ON_EVERY_ROUTE = {no_header, token_of_before_the_rights_changed}


def check_refused(
    client: TestClient, desk: Desk, operations: list[Operation], credential: Callable[[Desk], str]
) -> None:
    """At once, not when the token has run out; and whatever else is wrong with a request is not told to a stranger."""
    headers = {"Authorization": credential(desk)}
    before = entries(desk)
    for operation in operations:
        answer = client.request(operation.method, operation.path, headers=headers)
        assert answer.status_code == 401, (operation, answer.text)
        assert answer.json()["code"] in ("unauthenticated", "token_expired"), operation
        assert answer.headers["www-authenticate"] == "Bearer"
    assert entries(desk) == before


@pytest.mark.parametrize("credential", NOT_GOOD)
def test_a_credential_that_is_not_good_is_refused(
    client: TestClient, operations: list[Operation], desk: Desk, credential: Callable[[Desk], str]
) -> None:
    some = [operation for operation in operations if (operation.method, operation.path) in TRIED]
    assert len(some) == len(TRIED)
    check_refused(client, desk, some, credential)


@pytest.mark.essential
@pytest.mark.parametrize(
    "credential",
    [item if item in ON_EVERY_ROUTE else pytest.param(item, marks=pytest.mark.slow) for item in NOT_GOOD],
)
def test_no_route_takes_a_credential_that_is_not_good(
    client: TestClient, operations: list[Operation], desk: Desk, credential: Callable[[Desk], str]
) -> None:
    guarded = [operation for operation in operations if not operation.is_open]
    assert len(guarded) >= 30
    check_refused(client, desk, guarded, credential)


def test_a_good_token_is_taken_where_the_others_were_not(client: TestClient, desk: Desk) -> None:
    """So that the test above does not pass because nobody is let in."""
    headers = {"Authorization": f"Bearer {everything(desk)[1]}"}
    assert client.get("/api/v1/users", headers=headers).status_code == 200
    assert client.get("/api/v1/records", headers=headers).status_code == 200
    headers = {"Authorization": f"Bearer {machine_key(desk)[1]}"}
    assert client.get("/api/v1/records", headers=headers).status_code == 200


@pytest.mark.parametrize("scope", [Scope.TASK_READ, Scope.TASK_UPDATE])
def test_a_key_for_something_else_opens_nothing(
    client: TestClient, operations: list[Operation], desk: Desk, scope: Scope
) -> None:
    headers = {"Authorization": f"Bearer {machine_key(desk, frozenset({scope}))[1]}"}
    for operation in operations:
        if operation.is_open or operation in (Operation("GET", OF_ONESELF), BY_CONTENT):
            continue
        if operation.path.startswith(PER_ACCOUNT):
            continue
        if operation == FIND:  # it lists what the caller may list
            found = client.get(operation.path, params={"text": "27"}, headers=headers).json()
            assert found == {"records": [], "cases": [], "searches": [], "more_records": False, "more_searches": False}
            continue
        answer = client.request(operation.method, operation.path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (operation, answer.text)


def test_a_password_without_a_phone_opens_nothing(client: TestClient, operations: list[Operation], desk: Desk) -> None:
    """A stolen password is not enough, also where its owner has not enrolled a phone yet."""
    person = desk.person(login(), Role.ADMINISTRATOR, "national", totp=False)
    headers = {"Authorization": person.header}
    for operation in operations:
        if operation.is_open or operation.path.startswith(OF_ONESELF):
            continue
        answer = client.request(operation.method, operation.path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (operation, answer.text)
    assert client.post("/api/v1/api-keys", json={"label": "x", "days": 1}, headers=headers).status_code == 403


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


@pytest.mark.parametrize("path", ["/api/v1/identify", "/api/v1/enrolments", "/api/v1/verify", "/api/v1/tokens"])
def test_the_body_of_an_unauthenticated_request_is_not_read(client: TestClient, path: str) -> None:
    """What is refused anyway is not first taken into memory and onto the disk."""
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


def test_a_route_that_declares_nothing_is_not_served(client: TestClient, operations: list[Operation]) -> None:
    """Also in a router that is included in another."""
    app = cast(FastAPI, client.app)
    assert len(list(declarations(app))) >= len(operations)
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
