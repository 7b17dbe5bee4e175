"""Errors in OSIA's shape: a code, which is the HTTP status, and a message, which begins with our own stable code."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from api.http import errors
from api.http.authentication import note_refusal
from api.http.validation import names_in_body
from api.standards.common.answers import Json
from api.standards.osia.operations import STATUSES
from biometrics.kernel.errors import Fault, Forbidden, InvalidField, PehchanError, UnknownField

log = logging.getLogger("pehchan")

# What may be answered whatever the operation; any other status of a refused request is 400.
_ALWAYS = frozenset({400, 401, 403, 405, 429})


def status_of(error: PehchanError, operation: str) -> int:
    """Return the status of an error in an operation."""
    return _allowed(errors.status_of(type(error)), operation)


def content_of(error: PehchanError, operation: str) -> dict[str, Any]:
    """Return the body of an error in an operation."""
    return _content(status_of(error, operation), error.code, error.message)


def install(app: FastAPI) -> None:
    """Give the interface's application its handlers of errors."""
    errors.ignore_disconnects(app)

    @app.exception_handler(PehchanError)
    def service_error(request: Request, error: PehchanError) -> Response:
        error = errors.honest(error)
        if isinstance(error, Forbidden):
            note_refusal(request, error)
        if isinstance(error, Fault):
            log.error("%s: %s", error.code, error.message)
        answer = _answer(request, errors.status_of(type(error)), error.code, error.message)
        answer.headers.update(errors.headers_of(error))
        return answer

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = error.errors()
        names_at = partial(names_in_body, request.scope["route"].dependant)
        is_unknown = any(fault["type"] in errors.EXTRA for fault in faults)
        code = UnknownField.code if is_unknown else InvalidField.code
        return _answer(request, 400, code, sentence_of(faults, names_at))

    @app.exception_handler(HTTPException)
    def routing(request: Request, error: HTTPException) -> Response:
        if isinstance(error, errors.RefusedEarly):
            return service_error(request, error.refused)
        code = errors.ROUTING_CODES.get(error.status_code, "http_error")
        if operation_of(request):
            answer = _answer(request, error.status_code, code, str(error.detail))
        else:
            answer = Json(_content(error.status_code, code, str(error.detail)), error.status_code)
        answer.headers.update(error.headers or {})
        if error.status_code == 405:
            answer.headers["Allow"] = ", ".join(sorted(_methods(app, request)))
        return answer

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        problem = errors.details_of_fault(error, uuid.uuid4().hex[:12])
        return _answer(request, 500, problem["code"], problem["detail"])


def sentence_of(faults: Iterable[Any], names_at: errors.Known = errors.no_names) -> str:
    """Return the faults of a request in one sentence; `names_at` as for `errors.details_of_invalid`."""
    problems = [fault | {"loc": fault["loc"][1:]} for fault in faults]
    parts = [f"{'.'.join(map(str, fault['loc']))}: {errors.message_of(fault, names_at)}" for fault in problems[:10]]
    return "; ".join(parts) + ("; and more" if len(problems) > len(parts) else "")


def operation_of(request: Request) -> str:
    """Return the name of the operation that a request was routed to, empty where to none."""
    return getattr(request.scope.get("route"), "operation_id", None) or ""


def _methods(app: FastAPI, request: Request) -> set[str]:
    """Return the methods of a path; a router's own answer names those of its first route only."""
    methods: set[str] = set()
    for route in app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return methods


def _answer(request: Request, status: int, code: str, message: str) -> Response:
    status = _allowed(status, operation_of(request))
    return Json(_content(status, code, message), status)


def _allowed(status: int, operation: str) -> int:
    if status >= 500 or status in _ALWAYS or status in STATUSES.get(operation, frozenset()):
        return status
    return 400


def _content(status: int, code: str, message: str) -> dict[str, Any]:
    return {"code": status, "message": f"{code}: {message}"}
