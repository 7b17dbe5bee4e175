"""The OpenAPI document: FastAPI's, and in each operation all that it may answer beside success.

What a route declares tells most of that: what it needs of its caller, a version, a body, its turn. The rest its own
`responses` tell, made by `api.http.problem_details.raising`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.http.authorisation import Needs, throttled
from api.http.conditional_requests import optional_version, required_version
from api.http.forms.samples import read_samples
from api.http.problem_details import MEDIA_TYPE, codes_by_status
from api.observability.request_id import HEADER
from api.schemas.records import Problem
from api.tasks.requests import later

REFERENCE = "#/components/responses/"
WHY = {
    400: "The body cannot be read",
    401: "Nobody is recognised by what was sent",
    403: "Recognised, and not allowed",
    404: "There is no such thing",
    408: "The request did not arrive in time",
    409: "It contradicts what is stored",
    412: "Somebody else has changed it since it was read",
    413: "The request, or an image in it, is too large",
    415: "A file is not of a format that is read here",
    422: "What was sent cannot be accepted",
    428: "The header If-Match is missing",
    429: "Too much was asked for; Retry-After says when to come again",
    500: "The service is at fault",
    503: "It cannot be done now; Retry-After says when to come again",
    504: "It took too long; whether it was done is not known",
}
LATER = frozenset({429, 503})  # come with Retry-After
ALWAYS = frozenset({422, 429, 500, 503, 504})
JSON = "application/json"
HEADERS = {"location": "Location", "etag": "ETag"}
BINARY = frozenset({"application/octet-stream"})
WITH_BODY = frozenset({401, 408, 413, 422})  # 401: more of a body than a stranger may send
Document = dict[str, Any]
Examples = Mapping[str, Mapping[str, Any]]  # by operation, as in "POST /api/v1/identify"


def describe(app: FastAPI, examples: Examples | None = None) -> None:
    """Have an application describe itself so, with examples of each operation where there are some."""
    made = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            document = made()
            _complete(document, app, examples or {})
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _exemplify(operation: Document, example: Mapping[str, Any]) -> None:
    """Show what was sent and answered when the operation was asked for in earnest."""
    given = {name.lower(): value for name, value in example["parameters"].items()}
    for parameter in operation.get("parameters", ()):
        if parameter["name"].lower() in given:
            parameter["example"] = given[parameter["name"].lower()]
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        if media_type not in BINARY:
            body["example"] = example["body"]
    answer = operation["responses"][str(example["status"])]
    if JSON in answer.get("content", {}):
        answer["content"][JSON]["example"] = example["answer"]
    for name, value in example["headers"].items():
        answer["headers"][HEADERS[name]] = {"schema": {"type": "string"}, "example": value}


def _complete(document: Document, app: FastAPI, examples: Examples) -> None:
    codes = codes_by_status()
    parts = document["components"]
    parts["schemas"]["Problem"] = _problem(codes)
    parts["responses"] = {str(status): _refusal(status, codes[status]) for status in WHY}
    for path, method, dependant in _routes(app):
        operation = document["paths"][path][method]
        own = operation["responses"]
        own.pop("422", None)  # FastAPI's, of another shape
        for status in sorted(_statuses(path, operation, dependant)):
            own.setdefault(str(status), {"$ref": f"{REFERENCE}{status}"})
        if later in set(_called(dependant)):
            own["202"] = _later(examples)
        for status, answer in own.items():
            if "$ref" not in answer:
                counted = any(isinstance(one, Needs) or one is throttled for one in _called(dependant))
                answer["headers"] = {HEADER: _REQUEST_ID} | (
                    _ALLOWANCE if counted and int(status) < HTTPStatus.BAD_REQUEST else {}
                )
                if int(status) >= HTTPStatus.BAD_REQUEST:
                    answer["content"] = _PROBLEM
        operation["responses"] = dict(sorted(own.items()))
        if example := examples.get(f"{method.upper()} {path}"):
            _exemplify(operation, example)
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)


def _later(examples: Examples) -> Document:
    """Return the answer to what is answered later."""
    shown: Document = {"schema": {"$ref": "#/components/schemas/TaskOut"}}
    if examples:
        shown["example"] = examples["GET /api/v1/tasks/{task_id}"]["answer"]
    description = "Accepted, as `Prefer: respond-async` asked for: the response will be at the task (docs/tasks.md)"
    return {"description": description, "content": {JSON: shown}}


def _routes(app: FastAPI) -> Iterator[tuple[str, str, Dependant]]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield str(route.path_format), method.lower(), route.dependant


def _statuses(path: str, operation: Document, dependant: Dependant) -> frozenset[int]:
    """Return what an operation may answer beside success, but what only its own code knows."""
    called = set(_called(dependant))
    found = set(ALWAYS)
    if any(isinstance(one, Needs) for one in called):
        found |= {401, 403}
    if "{" in path:
        found.add(404)
    if body := operation.get("requestBody"):
        found |= WITH_BODY
        if not BINARY & set(body["content"]):
            found.add(400)
        if "multipart/form-data" in body["content"]:
            found.add(415)
    if read_samples in called:
        found.add(415)
    if required_version in called:
        found |= {412, 428}
    if optional_version in called:
        found.add(412)
    if later in called:
        found.add(413)
    return frozenset(found)


def _called(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for needed in dependant.dependencies:
        yield from _called(needed)


def _problem(codes: dict[int, tuple[str, ...]]) -> Document:
    """Return the schema of a problem: FastAPI's of the class, with all codes that there are."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"]["code"]["enum"] = sorted({code for some in codes.values() for code in some})
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
        "description": "How many requests (q) a caller may send in how many seconds (w)",
        "required": True,
        "schema": {"type": "string"},
        "example": '"requests";q=600;w=60',
    },
    "RateLimit": {
        "description": "How many are left (r), and in how many seconds all are again (t)",
        "required": True,
        "schema": {"type": "string"},
        "example": '"requests";r=599;t=1',
    },
}
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REQUEST_ID = {
    "required": True,
    "description": "Names the request in the logs; what the client sent, or made here",
    "schema": {"type": "string"},
}
