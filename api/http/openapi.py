"""The OpenAPI document: FastAPI's, with all error responses of each operation.

Most of them follow from what a route declares: its caller, a version, a body, its turn. The others are in its
`responses`, made by `api.http.errors.raising`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.http.authentication import Needs, throttled
from api.http.errors import DECLARED, MEDIA_TYPE, codes_by_status
from api.http.schemas import Problem
from api.observability.request_id import HEADER

REFERENCE = "#/components/responses/"
WHY = {
    400: "The body cannot be read",
    401: "Unknown credentials",
    403: "Not allowed",
    404: "Not found",
    408: "The request did not arrive in time",
    409: "It conflicts with what is stored",
    412: "It was changed after you read it",
    413: "The request, or an image in it, is too large",
    415: "The format of a file is not supported",
    422: "The request is not valid",
    428: "The header If-Match is missing",
    429: "Too many requests; Retry-After says when to try again",
    500: "The service is at fault",
    503: "It cannot be done now; Retry-After says when to try again",
    504: "It took too long; it is not known whether it was done",
}
LATER = frozenset({429, 503})  # come with Retry-After
ALWAYS = frozenset({422, 429, 500, 503, 504})
JSON = "application/json"
HEADERS = {"location": "Location", "etag": "ETag"}
BINARY = frozenset({"application/octet-stream", "application/xml"})
WITH_BODY = frozenset({401, 408, 413, 422})  # 401: more of a body than a stranger may send
Document = dict[str, Any]
Examples = Mapping[str, Mapping[str, Any]]  # by operation, as in "POST /api/v1/identify"


def describe(app: FastAPI, examples: Examples | None = None) -> None:
    """Make an application describe itself in this way, with examples of operations."""
    original = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            document = original()
            _complete(document, app, examples or {})
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _exemplify(operation: Document, example: Mapping[str, Any]) -> None:
    """Add the request and response of a real call as an example, and its responses of `others` statuses."""
    parameters = {name.lower(): value for name, value in example["parameters"].items()}
    for parameter in operation.get("parameters", ()):
        if parameter["name"].lower() in parameters:
            parameter["example"] = parameters[parameter["name"].lower()]
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        if media_type not in BINARY:
            body["example"] = example["body"]
    answer = operation["responses"][str(example["status"])]
    for status, response_body in {str(example["status"]): example["answer"], **example.get("others", {})}.items():
        if content := operation["responses"][status].get("content", {}).get(JSON):
            content["example"] = response_body
    for name, value in example["headers"].items():
        answer["headers"][HEADERS[name]] = {"schema": {"type": "string"}, "example": value}


def _complete(document: Document, app: FastAPI, examples: Examples) -> None:
    codes = codes_by_status()
    parts = document["components"]
    _mark_files(parts["schemas"])
    parts["schemas"]["Problem"] = _problem(codes)
    parts["responses"] = {str(status): _refusal(status, codes[status]) for status in WHY}
    for path, method, dependant in _routes(app):
        operation = document["paths"][path][method]
        responses = operation["responses"]
        responses.pop("422", None)  # FastAPI's, of another shape
        for status in sorted(_statuses(path, operation, dependant)):
            responses.setdefault(str(status), {"$ref": f"{REFERENCE}{status}"})
        if any(DECLARED[call].deferred for call in set(_called(dependant)) & DECLARED.keys()):
            responses["202"] = _later(examples)
        for status, answer in responses.items():
            if "$ref" not in answer:
                counted = any(isinstance(call, Needs) or call is throttled for call in _called(dependant))
                answer["headers"] = {HEADER: _REQUEST_ID} | (
                    _ALLOWANCE if counted and int(status) < HTTPStatus.BAD_REQUEST else {}
                )
                if int(status) >= HTTPStatus.BAD_REQUEST:
                    answer["content"] = _PROBLEM
        operation["responses"] = dict(sorted(responses.items()))
        if example := examples.get(f"{method.upper()} {path}"):
            _exemplify(operation, example)
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)


def _mark_files(schema: object) -> None:
    """Give the schemas of files the format of OpenAPI 3.0 as well: generators of clients go by it."""
    if isinstance(schema, dict):
        if schema.get("contentMediaType") in BINARY:
            schema["format"] = "binary"
        for part in schema.values():
            _mark_files(part)
    elif isinstance(schema, list):
        for part in schema:
            _mark_files(part)


def _later(examples: Examples) -> Document:
    """Return the response to an asynchronous request."""
    media: Document = {"schema": {"$ref": "#/components/schemas/TaskOut"}}
    if examples:
        media["example"] = examples["GET /api/v1/tasks/{task_id}"]["answer"]
    description = "Accepted, as `Prefer: respond-async` asks: the response will be at the task (docs/tasks.md)"
    return {"description": description, "content": {JSON: media}}


def _routes(app: FastAPI) -> Iterator[tuple[str, str, Dependant]]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield str(route.path_format), method.lower(), route.dependant


def _statuses(path: str, operation: Document, dependant: Dependant) -> frozenset[int]:
    """Return the error statuses of an operation that follow from its declarations."""
    called = set(_called(dependant))
    statuses = set(ALWAYS)
    if any(isinstance(call, Needs) for call in called):
        statuses |= {401, 403}
    if "{" in path:
        statuses.add(404)
    if body := operation.get("requestBody"):
        statuses |= WITH_BODY
        if not BINARY & set(body["content"]):
            statuses.add(400)
        if "multipart/form-data" in body["content"]:
            statuses.add(415)
    for call in called & DECLARED.keys():
        statuses |= DECLARED[call].statuses
    return frozenset(statuses)


def _called(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for requirement in dependant.dependencies:
        yield from _called(requirement)


def _problem(codes: dict[int, tuple[str, ...]]) -> Document:
    """Return the schema of a problem: FastAPI's of the class, with all error codes."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"]["code"]["enum"] = sorted({code for group in codes.values() for code in group})
    return schema


def _refusal(status: int, codes: tuple[str, ...]) -> Document:
    return {
        "description": f"{WHY[status]}: {', '.join(f'`{code}`' for code in codes)}",
        "headers": {HEADER: _REQUEST_ID} | (_RETRY if status in LATER else {}),
        "content": _PROBLEM,
    }


_RETRY = {"Retry-After": {"description": "Seconds to wait", "required": True, "schema": {"type": "integer"}}}
_ALLOWANCE = {
    "RateLimit-Policy": {
        "description": "Number of requests (q) that a caller may send within a number of seconds (w)",
        "required": True,
        "schema": {"type": "string"},
        "example": '"requests";q=600;w=60',
    },
    "RateLimit": {
        "description": "Number of requests left (r), and seconds until all are available again (t)",
        "required": True,
        "schema": {"type": "string"},
        "example": '"requests";r=599;t=1',
    },
}
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REQUEST_ID = {
    "required": True,
    "description": "Id of the request in the logs; as the client sent it, or assigned here",
    "schema": {"type": "string"},
}
