"""What routes ask for by type.

Those that neither compute nor wait are coroutines: FastAPI calls a plain function in another thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from inspect import Parameter, Signature
from typing import Annotated, Any, cast, get_type_hints

from fastapi import Depends, Query, Request
from pydantic import BeforeValidator

from api.http.authentication import ActDependency
from api.http.schemas import require_written
from api.itl.table import TransactionTable
from api.services import services_of
from biometrics.kernel.technique.entry import Entered
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine


def _service(request: Request) -> Engine:
    return services_of(request).engine


async def _engine(request: Request, act: ActDependency) -> Engine:
    return _service(request).for_actor(act)


EngineDependency = Annotated[Engine, Depends(_engine)]  # on behalf of who is recognised


async def _store(engine: EngineDependency) -> RecordStore:
    return engine.store


def _table(request: Request) -> TransactionTable:
    return services_of(request).itl_table


ServiceEngine = Annotated[Engine, Depends(_service)]  # the service's own: sees all, and is not audited
StoreDependency = Annotated[RecordStore, Depends(_store)]
TableDependency = Annotated[TransactionTable, Depends(_table)]  # what ANSI/NIST-ITL transactions mean


def query_of(kind: type[Entered], *names: str) -> Callable[..., Any]:
    """Return a dependency that reads an entered value from query parameters, of all its fields or of some."""
    hints = get_type_hints(kind)

    def read(**parameters: Any) -> Any:
        return kind(**parameters)

    read.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                column.name,
                Parameter.KEYWORD_ONLY,
                default=column.default,
                annotation=Annotated[
                    hints[column.name],
                    BeforeValidator(partial(require_written, hints[column.name])),
                    Query(description=column.metadata.get("description")),
                ],
            )
            for column in fields(cast(Any, kind))
            if not names or column.name in names
        ]
    )
    return read
