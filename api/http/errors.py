"""The only place where errors meet HTTP: status codes and problem details (RFC 9457)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.http.authentication import note_refusal
from api.http.response_headers import NO_STORE
from api.http.validation import names_in_body, unknown
from api.observability.request_id import HEADER, request_id
from biometrics.kernel import errors
from biometrics.storage import commits

MEDIA_TYPE = "application/problem+json"
STORED = "The request failed part-way, and some of it may be stored. Check before you send it again."
REPAIR_SECONDS = 10  # after which a database, or a provider, may be back
log = logging.getLogger("pehchan")

# An error gets the status of its nearest ancestor in this table.
STATUS: dict[type[errors.PehchanError], int] = {
    errors.InvalidInput: 422,
    errors.ImageTooLarge: 413,
    errors.UnsupportedImage: 415,
    errors.VersionMissing: 428,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.VersionMismatch: 412,
    errors.TooManyRequests: 429,
    errors.Overload: 503,
    errors.TooManyAtOnce: 429,
    errors.Fault: 500,
    errors.StoreUnavailable: 503,
    errors.ProviderUnavailable: 503,
    errors.ModelNotInstalled: 503,  # on this server; a load balancer asks another one
}

ROUTING_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "upload_too_slow",
    413: "request_too_large",
    503: "busy",
}

# Codes of errors outside the use cases; all other codes belong to the error classes.
OWN_CODES = {500: "internal_error", 503: "not_ready", 504: "timed_out"}


EXTRA = ("extra_forbidden", "unexpected_keyword_argument")  # Pydantic's error types for an unknown property
Known = Callable[[Sequence[str | int]], Sequence[str]]


class Declared(NamedTuple):
    """The arguments of `declares`."""

    statuses: frozenset[int]
    deferred: bool


Dependency = TypeVar("Dependency", bound=Callable[..., Any])
DECLARED: Final[dict[Any, Declared]] = {}  # by dependency


def no_names(_: Sequence[str | int]) -> Sequence[str]:
    """Return no names: the schema is not known."""
    return ()


def status_of(kind: type[errors.PehchanError]) -> int:
    """Return the HTTP status of an error class."""
    return next(STATUS[above] for above in kind.__mro__ if above in STATUS)


def codes_by_status() -> dict[int, tuple[str, ...]]:
    """Return the error codes of each status."""
    codes_of: dict[int, set[str]] = {}
    for status, code in [*ROUTING_CODES.items(), *OWN_CODES.items()]:
        codes_of.setdefault(status, set()).add(code)
    for kind in errors.kinds():
        codes_of.setdefault(status_of(kind), set()).add(kind.code)
    return {status: tuple(sorted(codes)) for status, codes in codes_of.items()}


def raising(*kinds: type[errors.PehchanError]) -> dict[int | str, dict[str, Any]]:
    """Describe errors to OpenAPI that a route's other declarations do not imply: `responses=raising(MergeRefused)`."""
    sentences: dict[int | str, list[str]] = {}
    for kind in kinds:
        sentences.setdefault(status_of(kind), []).append(f"`{kind.code}`: {(kind.__doc__ or '').rstrip('.')}")
    return {status: {"description": "; ".join(descriptions)} for status, descriptions in sentences.items()}


def declares(*statuses: int, deferred: bool = False) -> Callable[[Dependency], Dependency]:
    """Declare for OpenAPI the error statuses of a dependency's routes, and with `deferred` the answer 202."""

    def declared(dependency: Dependency) -> Dependency:
        DECLARED[dependency] = Declared(frozenset(statuses), deferred)
        return dependency

    return declared


def _methods(app: FastAPI, path: str) -> list[str]:
    """Return the methods that a path allows; Starlette knows only those of its first route.

    A path that is some route's as it stands, as `/clearances/verification`, is no other route's with an id.
    """
    routes = [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]
    matching = [route for route in routes if route.path_regex.fullmatch(path)]
    own = [route for route in matching if route.path == path]
    return sorted({method for route in own or matching for method in route.methods or ()})


def problem(status: int, code: str, detail: str, **extra: object) -> JSONResponse:
    """Make an RFC 9457 answer; `code` is stable, `detail` is for a person."""
    return JSONResponse(details(status, code, detail, **extra), status, media_type=MEDIA_TYPE)


def details(status: int, code: str, detail: str, **extra: object) -> dict[str, Any]:
    """Return problem details as plain values; see `problem`."""
    title = code.replace("_", " ").capitalize()
    body = {"type": f"urn:pehchan:error:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return body | extra


def honest(error: errors.PehchanError) -> errors.PehchanError:
    """Return the error to answer with: `Unfinished` for a fault in a request that has stored something."""
    if isinstance(error, errors.Fault) and commits.any_noted():
        log.error("%s: %s", error.code, error.message)
        return errors.Unfinished(STORED)
    return error


def details_of(error: errors.PehchanError) -> dict[str, Any]:
    """Return the problem details of an error; log it if it is a fault of the service."""
    if isinstance(error, errors.Fault):
        log.error("%s: %s", error.code, error.message)
    faults = error.faults if isinstance(error, errors.MalformedTransaction) else ()
    problems = [asdict(fault) for fault in faults]
    if isinstance(error, errors.PurposeMissing):
        problems = [{"field": error.field, "message": error.message}]
    extra = {"errors": problems} if problems else {}
    return details(status_of(type(error)), error.code, error.message, **extra)


def details_of_invalid(faults: Sequence[Any], names_at: Known = no_names) -> dict[str, Any]:
    """Return the problem details of validation errors that Pydantic found.

    `names_at` returns the names that the schema allows at the place of a fault.
    """
    problems = [{"field": ".".join(map(str, fault["loc"])), "message": message_of(fault, names_at)} for fault in faults]
    detail = "; ".join(f"{fault['field']}: {fault['message']}" for fault in problems)
    is_unknown = any(fault["type"] in EXTRA for fault in faults)
    return details(422, errors.UnknownField.code if is_unknown else errors.InvalidField.code, detail, errors=problems)


def message_of(fault: Any, names_at: Known = no_names) -> str:
    """Return the message of a fault that Pydantic found."""
    if fault["type"] in EXTRA:
        return unknown("property", str(fault["loc"][-1]), names_at(fault["loc"]))
    return str(fault["msg"])


def details_of_fault(error: Exception, incident: str) -> dict[str, Any]:
    """Log an unexpected error, and return problem details with its incident number."""
    log.error("incident %s", incident, exc_info=error)
    code, message = "internal_error", "Something went wrong here and nothing was changed."
    if commits.any_noted():
        code, message = errors.Unfinished.code, STORED
    return details(500, code, f"{message} Report incident {incident} to the operator.", incident=incident)


def retry_after(error: errors.PehchanError) -> int | None:
    """Return after how many seconds to try again; None if that does not help."""
    if isinstance(error, errors.TooManyRequests | errors.Overload):
        return error.retry_after
    return REPAIR_SECONDS if status_of(type(error)) == HTTPStatus.SERVICE_UNAVAILABLE else None


def headers_of(error: errors.PehchanError) -> dict[str, str]:
    """Return the headers that an answer with an error needs: how to sign in, and when to try again."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.Unauthenticated) else {}
    seconds = retry_after(error)
    return headers if seconds is None else headers | {"Retry-After": str(seconds)}


class RefusedEarly(HTTPException):
    """A request that is refused while its body is read, before the caller is known.

    FastAPI turns any exception that is raised while it reads a body into 400, except an HTTPException. This one carries
    the status and the headers of the original error, so that any application answers with them. Applications that know
    it pass `refused` to their own handler.
    """

    def __init__(self, refused: errors.PehchanError) -> None:
        seconds = retry_after(refused)
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        super().__init__(status_of(type(refused)), refused.message, headers)
        self.refused = refused


def ignore_disconnects(app: FastAPI) -> None:
    """Let a request whose client has left end without an error in the log: nobody reads its answer."""

    @app.exception_handler(ClientDisconnect)
    def gone(request: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=400)


def install(app: FastAPI) -> None:
    """Add handlers to `app` that turn every error into problem details; no traceback reaches a caller."""
    ignore_disconnects(app)

    @app.exception_handler(errors.PehchanError)
    def service_error(request: Request, error: errors.PehchanError) -> JSONResponse:
        error = honest(error)
        if isinstance(error, errors.Forbidden):
            note_refusal(request, error)
        return JSONResponse(details_of(error), status_of(type(error)), headers_of(error), media_type=MEDIA_TYPE)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [fault | {"loc": fault["loc"][1:]} for fault in error.errors()]
        names_at = partial(names_in_body, request.scope["route"].dependant)
        return JSONResponse(details_of_invalid(faults, names_at), 422, media_type=MEDIA_TYPE)

    @app.exception_handler(HTTPException)
    def routing(request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error, RefusedEarly):
            return service_error(request, error.refused)
        code = ROUTING_CODES.get(error.status_code, "http_error")
        answer = problem(error.status_code, code, str(error.detail))
        answer.headers.update(error.headers or {})
        if methods := error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and _methods(app, request.url.path):
            answer.headers["Allow"] = ", ".join(methods)
        return answer

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        incident = request_id(request) or uuid.uuid4().hex
        answer = JSONResponse(details_of_fault(error, incident), 500, media_type=MEDIA_TYPE)
        answer.headers.update({HEADER: incident} | NO_STORE)  # it is sent past the middleware that adds these
        return answer
