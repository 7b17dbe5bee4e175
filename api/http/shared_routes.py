"""Routes that all applications of a process share."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.routing import BaseRoute

from api.http.validation import refuse_unfit_address

# FastAPI would trace the query string, too, which names people; see api/observability/tracing.py.
NO_BUILT_IN_TELEMETRY: Final[Any] = {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}


def shared_routes(*routers: APIRouter, prefix: str = "", **defaults: Any) -> list[BaseRoute]:
    """Return the routes of routers, for `app.router.routes.extend`; `defaults` are those of an APIRouter.

    Unlike with `app.include_router`, FastAPI analyses their parameters once, and not again for each application.
    """
    parent = APIRouter(dependencies=[Depends(refuse_unfit_address)], **defaults)
    for router in routers:
        parent.include_router(router, prefix=prefix)
    return parent.routes
