"""Errors as pages; the statuses and codes are those of `api.http.errors`."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.http.authentication import note_refusal
from api.http.errors import (
    ROUTING_CODES,
    RefusedEarly,
    details,
    details_of,
    details_of_fault,
    details_of_invalid,
    headers_of,
    honest,
    ignore_disconnects,
)
from api.http.paths import PREFIX
from api.observability.request_id import HEADER, request_id
from api.web.pages import pages
from api.web.problems import SENTENCES
from biometrics.kernel import errors


def install(app: FastAPI) -> None:
    """Give the pages' application the handlers that turn every error into a page."""
    ignore_disconnects(app)

    @app.exception_handler(errors.PehchanError)
    def service_error(request: Request, error: errors.PehchanError) -> Response:
        error = honest(error)
        if isinstance(error, errors.Unauthenticated):
            return RedirectResponse(f"{PREFIX}/sign-in?{_coming_back(request)}", 303)
        if isinstance(error, errors.Forbidden):
            me = pages(request).me
            if me is not None and me.is_held_back:
                return RedirectResponse(f"{PREFIX}/phone", 303)
            note_refusal(request, error)
        answer = _page(request, details_of(error))
        answer.headers.update(headers_of(error))
        return answer

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        return _page(request, details_of_invalid([fault | {"loc": fault["loc"][1:]} for fault in error.errors()]))

    @app.exception_handler(HTTPException)
    def routing(request: Request, error: HTTPException) -> Response:
        if isinstance(error, RefusedEarly):
            return service_error(request, error.refused)
        code = ROUTING_CODES.get(error.status_code, "http_error")
        answer = _page(request, details(error.status_code, code, SENTENCES[code]))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        incident = request_id(request) or uuid.uuid4().hex
        answer = _page(request, details_of_fault(error, incident))
        answer.headers[HEADER] = incident
        return answer


def _page(request: Request, problem: dict[str, Any]) -> Response:
    return pages(request).show("error.html", problem["status"], problem=problem)


def _coming_back(request: Request) -> str:
    """Return where to go on after signing in, as a query."""
    if request.method != "GET":
        return ""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"next={quote(request.url.path + query)}"
