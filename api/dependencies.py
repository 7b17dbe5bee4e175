"""What routes ask for by type."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from biometrics.engine import Engine
from biometrics.records.store import RecordStore


def _engine(request: Request) -> Engine:
    return cast(Engine, request.app.state.engine)


def _store(request: Request) -> RecordStore:
    return _engine(request).store


EngineDependency = Annotated[Engine, Depends(_engine)]
StoreDependency = Annotated[RecordStore, Depends(_store)]
