"""A client whose requests meet a database that fails: once before their first commit, and always after it.

Each request that may change something is sent again and again: first the commit of what it stores fails, then its
first database call, its second, and so on in growing steps, until one attempt commits; in that attempt every later call
fails. A call is the begin of a transaction, or the commit of one that has written. Calls of other threads, such as the
background checks, neither count nor fail.
"""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import delete, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Receive, Scope, Send

from api.observability.request_log import route_of
from biometrics.storage.tables.accounts import sign_in_failures
from biometrics.use_cases.enrolment.check_enrolment import work_off

HEADER = "x-failpoint"

_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
# Tables of notes about requests: who sent them, how often, and what was read.
_NOTES = frozenset({"audit_entries", "counters", "once_keys", "score_views", "sign_in_failures"})
# Parts of the notes that an API key, or a browser's session, was used.
_USES = re.compile(r"UPDATE (api_keys SET used_at|users SET version=\S+ \+ \S+ WHERE|refresh_tokens SET expires_at)")


@dataclass
class Attempt:
    """One request whose database call `fails` fails, 0 for its first commit, and every call after its first commit."""

    fails: int
    scope: Scope
    calls: int = 0
    failed: int = 0
    writing: bool = False  # its open transaction has written something
    committed: bool = False

    def call(self, *, commits: bool = False) -> None:
        """Count a call, and raise OperationalError where it fails."""
        self.calls += 1
        if self.committed or self.calls == self.fails or (commits and self.fails == 0):
            self.failed += 1
            fault = sqlite3.OperationalError("disk I/O error")
            fault.sqlite_errorname = "SQLITE_IOERR"
            raise OperationalError("the failpoint", {}, fault)

    @property
    def route(self) -> str:
        """The method and the path of the route that it was sent to, with its mount."""
        return f"{self.scope['method']} {self.scope.get('root_path', '')}{route_of(self.scope)}"


_attempt: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@dataclass
class Failpoint:
    """Where the client finds out what happened to its last request."""

    last: Attempt | None = None


@dataclass
class Seen:
    """What the attempts for the routes had as their outcome; `wrong` should stay empty."""

    committed: set[str] = field(default_factory=set)
    unfinished: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


class _Middleware:
    def __init__(self, app: ASGIApp, failpoint: Failpoint) -> None:
        self.app = app
        self.failpoint = failpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wished = dict(scope.get("headers", ())).get(HEADER.encode(), b"")
        attempt = Attempt(int(wished), scope) if wished else None
        self.failpoint.last = attempt or self.failpoint.last
        _attempt.set(attempt)  # also to None: a request on a kept connection begins in the context of the one before
        await self.app(scope, receive, send)


@contextmanager
def failpoint_in(app: Any) -> Iterator[Failpoint]:
    """Add the failpoint to an application that was not started yet."""
    failpoint = Failpoint()
    app.add_middleware(_Middleware, failpoint=failpoint)
    hooks = {"begin": _begin, "after_cursor_execute": _executed, "commit": _commit, "rollback": _rolled_back}
    for name, hook in hooks.items():
        event.listen(Engine, name, hook)
    try:
        yield failpoint
    finally:
        for name, hook in hooks.items():
            event.remove(Engine, name, hook)


def failing(client: httpx.Client, app: Any, failpoint: Failpoint) -> Seen:
    """Let every request of a client that may change something meet the failing database of an application."""
    plain, seen = client.request, Seen()

    def request(method: str, url: Any, **options: Any) -> httpx.Response:
        if method == "GET":
            return plain(method, url, **options)
        headers = dict(options.pop("headers", None) or {})
        if method == "POST" and "Idempotency-Key" not in headers:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        for fails in (0, 1, 2, 3, 4, 6, 9, 13, 19, 28, 42):
            answer = plain(method, url, headers=headers | {HEADER: str(fails)}, **options)
            attempt = failpoint.last
            assert attempt is not None
            with app.state.services.engine.store.database.writing() as connection:
                connection.execute(delete(sign_in_failures))  # attempts that were cut off count as wrong tries
            if attempt.committed:
                work_off(app.state.services.engine)  # what a server does soon, in the background
            seen.routes.add(attempt.route)
            code = code_of(answer)
            where = f"{attempt.route}, call {fails} of {attempt.calls}: {answer.status_code} {code}"
            if attempt.committed:
                seen.committed.add(attempt.route)
                if not code:
                    return answer
                if code != "unfinished":
                    seen.wrong.append(f"{where}, and something was stored")
                else:
                    seen.unfinished.add(attempt.route)
                return plain(method, url, headers=headers, **options)
            if not attempt.failed:
                return answer
            if not code or code == "unfinished":
                seen.wrong.append(f"{where}, and nothing was stored")
        raise AssertionError(f"{method} {url} makes more calls than are known")

    client.request = request  # type: ignore[method-assign]
    return seen


def code_of(answer: httpx.Response) -> str:
    """Return the code of the error that an answer tells of, or the first item of a batch; empty where all went well."""
    if answer.headers.get("content-type", "").startswith("application/x-ndjson"):
        messages = [json.loads(line)["problem"] for line in answer.text.splitlines()]
        return next((message["code"] for message in messages if message), "")
    is_json = answer.content and answer.headers.get("content-type", "").endswith("json")
    body = answer.json() if is_json else {}
    if "failureReason" in body:  # of MOSIP, whose reasons do not tell it, but the status does
        return "unfinished" if answer.status_code == 500 else f"reason {body['failureReason']}"
    if answer.is_success:
        return ""
    return str(body["message"]).partition(":")[0] if "message" in body else str(body.get("code", ""))


def _begin(_: Connection) -> None:
    if attempt := _attempt.get():
        attempt.call()


def _executed(_: Connection, __: object, statement: str, *___: object) -> None:
    attempt, result = _attempt.get(), _WRITES.match(statement)
    if attempt is not None and result and result[2] not in _NOTES and not _USES.match(statement):
        attempt.writing = True


def _commit(_: Connection) -> None:
    attempt = _attempt.get()
    if attempt is not None and attempt.writing:
        attempt.writing = False
        attempt.call(commits=True)
        attempt.committed = True


def _rolled_back(_: Connection) -> None:
    if attempt := _attempt.get():
        attempt.writing = False
