"""Idempotency keys: a station without an answer repeats its request, and no person is enrolled twice."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.accounts.accounts import Accounts
from api.http.authentication import AccountsDependency
from api.http.dependencies import EngineDependency, StoreDependency
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine

IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Made new for each request, such as a UUID. The same request again under its key gets the first "
        "answer, for three days; another request under the key is refused",
    ),
]


async def request_key(request: Request, idempotency_key: IdempotencyKeyHeader = None) -> IdempotencyKey | None:
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
        return await run_in_threadpool(_key_of, idempotency_key, content, form)
    body = await request.body()
    return await run_in_threadpool(lambda: _key_of(idempotency_key, content, _json(body)))


def _key_of(key: str, content: dict[str, Any], body: Any) -> IdempotencyKey:
    """Digest a request, in a thread: a body of 100 MB would block the event loop."""
    return IdempotencyKey.of(key, content | {"body": body})


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


async def _writing_engine(engine: EngineDependency, idempotency_key: IdempotencyKeyDependency) -> Engine:
    return engine.for_request(idempotency_key)


async def _writing_store(store: StoreDependency, idempotency_key: IdempotencyKeyDependency) -> RecordStore:
    return store.for_request(idempotency_key)


async def _writing_accounts(accounts: AccountsDependency, idempotency_key: IdempotencyKeyDependency) -> Accounts:
    return accounts.for_request(idempotency_key)


IdempotencyKeyDependency = Annotated[IdempotencyKey | None, Depends(request_key)]
WritingEngine = Annotated[Engine, Depends(_writing_engine)]
WritingAccounts = Annotated[Accounts, Depends(_writing_accounts)]
WritingStore = Annotated[RecordStore, Depends(_writing_store)]
