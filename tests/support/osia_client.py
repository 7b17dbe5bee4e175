"""A client of OSIA's interface, with an API key of its own, and encounters to send."""

from __future__ import annotations

import base64
import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
from account_examples import OPERATOR, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import photo_of, print_of
from starlette.routing import Mount

from api.accounts.accounts import Accounts
from api.app import create_app
from api.settings import Settings
from api.standards.common.service import Abis
from api.standards.osia.context import OsiaApplication
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import Role, Scope, Unit

_number = itertools.count()


def abis_of(app: FastAPI) -> Abis:
    """Return the service behind the interface of a running application."""
    mounts = (route.app for route in app.routes if isinstance(route, Mount))
    return next(mounted.abis for mounted in mounts if isinstance(mounted, OsiaApplication))


class OsiaClient:
    """Sends requests with a key and a transaction."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"}

    def send(self, method: str, path: str, body: Any = None, headers: Any = None, **query: Any) -> Any:
        query = {"transactionId": "T-1"} | query
        headers = self.headers | (headers or {})
        return self.client.request(method, f"/osia/v1{path}", json=body, params=query, headers=headers)

    def get(self, path: str, **query: Any) -> Any:
        return self.send("GET", path, **query)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.send("POST", path, body, **query)

    def put(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.send("PUT", path, body, **query)

    def delete(self, path: str, **query: Any) -> Any:
        return self.send("DELETE", path, **query)


def key_of(
    accounts: Accounts,
    unit: str = "national",
    scopes: frozenset[Scope] = frozenset(),
    role: Role = Role.ABIS_INTEGRATION,
) -> str:
    """Return an API key of a new machine client, or the access token of a person of another role."""
    login = f"client{next(_number)}"
    accounts.add_user(OPERATOR, NewUser(login, "Registry", frozenset({role}), Unit.of(unit)))
    if not role.is_machine:
        return token_of(accounts, login)
    return accounts.add_key(OPERATOR, login, NewApiKey("osia", timedelta(hours=1), scopes))[1]


def client_of(client: TestClient, unit: str = "national", scopes: frozenset[Scope] = frozenset()) -> OsiaClient:
    """Return a new client of the interface."""
    return OsiaClient(client, key_of(cast(FastAPI, client.app).state.services.accounts, unit, scopes))


def settings_of(folder: Path, database_url: str, **others: Any) -> Settings:
    """Return the settings of a service with the interface, which no limit of accounts slows down."""
    return Settings(
        data_folder=folder, database_url=database_url, requests_per_minute=1_000_000, _env_file=None, **others
    )


@contextmanager
def serving(settings: Settings) -> Iterator[TestClient]:
    """Run the whole application."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def databases(folder: Path, kind: str, server: Callable[[], Any]) -> Iterator[str]:
    """Yield the URL of a new database: of a file, or of a PostgreSQL server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'pehchan.db'}"
        return
    running, name = server(), f"test_{uuid.uuid4().hex}"
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield running.get_uri(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def text(content: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(content).decode("ascii")


def finger(person: int, name: str = "right_thumb", impression: int = 0, **others: Any) -> dict[str, Any]:
    """Return a print as biometric data."""
    data = {
        "biometricType": "FINGER",
        "biometricSubType": name.upper(),
        "image": text(print_of(person, name, impression)),
    }
    return data | others


def portrait(person: int) -> dict[str, Any]:
    """Return a photo as biometric data."""
    return {"biometricType": "FACE", "biometricSubType": "PORTRAIT", "image": text(photo_of(person))}


def encounter(*items: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Return an encounter to send."""
    sent: dict[str, Any] = {
        "status": "ACTIVE",
        "encounterType": "arrest",
        "galleries": ["CRIMINAL"],
        "biographicData": {"firstName": "Asha", "lastName": "Verma", "gender": "F", "yearOfBirth": 1988},
        "contextualData": {"firNumber": "0123/2026", "anything": [1, {"deep": None}]},
        "biometricData": list(items),
    }
    return sent | others
