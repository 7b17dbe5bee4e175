"""Applications that are mounted in the service's own, with errors and a document of their own; shared routes."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import BaseRoute, Mount

from api.http.validation import refuse_unfit_address

Application = TypeVar("Application", bound=FastAPI)


def application_in(parent: FastAPI, telemetry: Any, kind: type[Application], **described: Any) -> Application:
    """Return an application that shares the services of the one that it is mounted in; `described` is FastAPI's."""
    app = kind(telemetry=telemetry, dependencies=[Depends(refuse_unfit_address)], **described)
    app.state = parent.state
    return app


def mounted(prefix: str, app: FastAPI) -> Mount:
    """Return the application under a prefix, whatever characters an id in the path has: also a line break."""
    mount = Mount(prefix, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


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
