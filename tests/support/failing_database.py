"""A database that fails every call of a request that has committed something: what is answered must know of it."""

from __future__ import annotations

import re
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Receive, Scope, Send

_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
# What recognising somebody, and telling of it, writes beside what was asked for.
_BESIDE = {
    ("INSERT INTO", "audit_entries"),
    ("INSERT INTO", "counters"),
    ("UPDATE", "counters"),
    ("INSERT INTO", "once_keys"),
    ("UPDATE", "once_keys"),
    ("UPDATE", "api_keys"),
    ("UPDATE", "user_sessions"),
    ("INSERT INTO", "sign_in_failures"),
    ("UPDATE", "sign_in_failures"),
    ("DELETE FROM", "sign_in_failures"),
}


@dataclass
class _Asked:
    """One request: whether its open transaction has written something, whether one was committed, what failed since."""

    wrote: bool = False
    committed: bool = False
    failed: list[str] = field(default_factory=list)


_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)


@dataclass
class FailingDatabase:
    """Counts the requests that committed something, and calls that failed after that, by method and path.

    Where it is `soft` calls after the commit are counted, and let through.
    """

    soft: bool = False
    committed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class _Middleware:
    def __init__(self, app: ASGIApp, counted: FailingDatabase) -> None:
        self.app = app
        self.counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked, name = _Asked(), f"{scope['method']} {scope['path']}"
        token = _asked.set(asked)
        try:
            await self.app(scope, receive, send)
        finally:
            _asked.reset(token)
            self.counted.committed += [name] * asked.committed
            self.counted.failed += [f"{name}: {one}" for one in asked.failed]


@contextmanager
def failing_after_commit(app: Any, *, soft: bool = False) -> Iterator[FailingDatabase]:
    """Let the database of an application, which was not started yet, fail after the first commit of each request."""
    counted = FailingDatabase(soft)
    app.add_middleware(_Middleware, counted=counted)

    def executed(_: Connection, __: Any, statement: str, *___: Any) -> None:
        asked, found = _asked.get(), _WRITES.match(statement)
        if asked is not None and found and (found[1], found[2]) not in _BESIDE:
            asked.wrote = True

    def committing(_: Connection) -> None:
        asked = _asked.get()
        if asked is not None and asked.wrote:
            asked.wrote, asked.committed = False, True

    def rolled_back(_: Connection) -> None:
        if asked := _asked.get():
            asked.wrote = False

    def beginning(_: Connection) -> None:
        asked = _asked.get()
        if asked is None or not asked.committed:
            return
        own = [
            one.name for one in traceback.extract_stack() if "/biometrics/" in one.filename or "/api/" in one.filename
        ]
        asked.failed.append(" < ".join(own[:-12:-1]))
        if not soft:
            fault = sqlite3.OperationalError("disk I/O error")
            fault.sqlite_errorname = "SQLITE_IOERR"
            raise OperationalError("BEGIN", {}, fault)

    hooks = {"after_cursor_execute": executed, "commit": committing, "rollback": rolled_back, "begin": beginning}
    for name, hook in hooks.items():
        event.listen(Engine, name, hook)
    try:
        yield counted
    finally:
        for name, hook in hooks.items():
            event.remove(Engine, name, hook)
