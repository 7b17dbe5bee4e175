"""What routes ask for by type.

Those that neither compute nor wait are coroutines: FastAPI calls a plain function in another thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, cast

from fastapi import Depends, Form, Request

from api.http.authentication import ActDependency
from api.itl.table import TransactionTable
from biometrics.kernel.access import Purpose
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine import Engine


def _service(request: Request) -> Engine:
    return cast(Engine, request.app.state.engine)


async def _engine(request: Request, act: ActDependency) -> Engine:
    return _service(request).for_actor(act)


EngineDependency = Annotated[Engine, Depends(_engine)]  # on behalf of who is recognised


async def _store(engine: EngineDependency) -> RecordStore:
    return engine.store


async def _searching(
    engine: EngineDependency,
    act: ActDependency,
    purpose: Annotated[Purpose | None, Form(description="What the search is for; it is refused without")] = None,
    case_number: Annotated[str, Form(description="The case or FIR that the search is for; it is refused without")] = "",
    reason: Annotated[str, Form(description="More of why, in the officer's own words; kept with the search")] = "",
) -> Engine:
    return engine.for_actor(replace(act, purpose=purpose or "", case_number=case_number, reason=reason))


def _table(request: Request) -> TransactionTable:
    return cast(TransactionTable, request.app.state.itl_table)


ServiceEngine = Annotated[Engine, Depends(_service)]  # the service's own: sees all, and is not audited
StoreDependency = Annotated[RecordStore, Depends(_store)]
TableDependency = Annotated[TransactionTable, Depends(_table)]  # what ANSI/NIST-ITL transactions mean
SearchingEngine = Annotated[Engine, Depends(_searching)]  # with what the search is for
