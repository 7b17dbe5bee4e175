"""Idempotency keys: a station without an answer repeats its request, and no person is enrolled twice."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.accounts.accounts import Accounts
from api.http.authorisation import AccountsDependency
from api.http.dependencies import EngineDependency, SearchingEngine, StoreDependency
from biometrics.common.idempotency import Once
from biometrics.matching.engine import Engine
from biometrics.records.store import RecordStore

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Made new for each request, such as a UUID. The same request again under its key gets the first "
        "answer, for three days; another request under the key is refused",
    ),
]


async def request_once(request: Request, idempotency_key: IdempotencyKey = None) -> Once | None:
    """Return the request's key with a digest of all that it says, None where it has no key.

    Raises:
        InvalidField: the key is not one.
    """
    if idempotency_key is None:
        return None
    content = {
        "method": request.method,
        "path": request.url.path,
        "query": sorted(request.query_params.multi_items()),
        "if_match": request.headers.get("if-match"),
    }
    kind = request.headers.get("content-type", "")
    if kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        form = [(name, await _value(value)) for name, value in _fields(await request.form())]
        return await run_in_threadpool(_once, idempotency_key, content, form)
    body = await request.body()
    return await run_in_threadpool(lambda: _once(idempotency_key, content, _json(body)))


def _once(key: str, content: dict[str, Any], body: Any) -> Once:
    """Digest a request, in a thread: a body of 100 MB would block the event loop."""
    return Once.of(key, content | {"body": body})


def _json(body: bytes) -> Any:
    """Return what a body says; how a client parts a form, or orders a JSON object, does not matter."""
    try:
        return json.loads(body) if body else None
    except ValueError:  # whatever reads the body says what is wrong with it
        return body


def _fields(form: FormData) -> list[tuple[str, str | UploadFile]]:
    return sorted(form.multi_items(), key=lambda field: field[0])


async def _value(value: str | UploadFile) -> Any:
    if isinstance(value, str):
        return value
    content = await value.read()
    await value.seek(0)
    return [value.filename, content]


def _writing_engine(engine: EngineDependency, once: OnceDependency) -> Engine:
    return engine.once(once)


def _searching_once(engine: SearchingEngine, once: OnceDependency) -> Engine:
    return engine.once(once)


def _writing_store(store: StoreDependency, once: OnceDependency) -> RecordStore:
    return store.once(once)


def _writing_accounts(accounts: AccountsDependency, once: OnceDependency) -> Accounts:
    return accounts.once(once)


OnceDependency = Annotated[Once | None, Depends(request_once)]
WritingEngine = Annotated[Engine, Depends(_writing_engine)]
WritingAccounts = Annotated[Accounts, Depends(_writing_accounts)]
WritingStore = Annotated[RecordStore, Depends(_writing_store)]
SearchingOnce = Annotated[Engine, Depends(_searching_once)]
