"""What routes ask for by type.

Those that neither compute nor wait are coroutines: FastAPI calls a plain function in another thread.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from api.http.authentication import ActDependency
from api.itl.table import TransactionTable
from api.services import services_of
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine


def _service(request: Request) -> Engine:
    return services_of(request).engine


async def _engine(request: Request, act: ActDependency) -> Engine:
    return _service(request).for_actor(act)


EngineDependency = Annotated[Engine, Depends(_engine)]  # on behalf of who is recognised


async def _store(engine: EngineDependency) -> RecordStore:
    return engine.store


async def _zone(request: Request) -> tzinfo | None:
    name = services_of(request).time_zone
    return ZoneInfo(name) if name else None


ZoneDependency = Annotated[tzinfo | None, Depends(_zone)]  # of days; None: this machine's


def _table(request: Request) -> TransactionTable:
    return services_of(request).itl_table


ServiceEngine = Annotated[Engine, Depends(_service)]  # the service's own: sees all, and is not audited
StoreDependency = Annotated[RecordStore, Depends(_store)]
TableDependency = Annotated[TransactionTable, Depends(_table)]  # what ANSI/NIST-ITL transactions mean
