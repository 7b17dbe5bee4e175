"""Applications that are mounted in the service's own, with errors and a document of their own."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from fastapi import Depends, FastAPI
from starlette.routing import Mount

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
