"""The API reference at /docs: the OpenAPI document as one page, without scripts and without other hosts.

FastAPI's own page loads Swagger UI from a content delivery network, so it stays blank where there is no internet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

PATH: Final = "/docs"
DOCUMENT: Final = "/openapi.json"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"  # the page loads nothing else
_SCHEMA: Final = "#/components/schemas/"
Document = Mapping[str, Any]


def add_reference(app: FastAPI) -> None:
    """Serve the page, also where FastAPI has ReDoc. The application must have `docs_url=None, redoc_url=None`."""

    @lru_cache(1)
    def page() -> str:
        return render(app.openapi())

    def show(_: Request) -> HTMLResponse:
        return HTMLResponse(page(), headers={"Content-Security-Policy": _POLICY})

    app.add_route(PATH, show, include_in_schema=False)
    app.add_route("/redoc", lambda _: RedirectResponse(PATH), include_in_schema=False)


def render(document: Document) -> str:
    """Return the page of an OpenAPI document."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["type"] = type_name
    environment.globals["resolved"] = lambda part: _resolved(document, part)
    return environment.get_template("reference.html").render(
        document=document, address=DOCUMENT, operations=list(_operations(document))
    )


def type_name(schema: Document) -> str:
    """Return the type of a schema in a few words, such as "array of RecordOut"."""
    if reference := schema.get("$ref", ""):
        return str(reference).removeprefix(_SCHEMA)
    for kind in ("anyOf", "oneOf", "allOf"):
        if kind in schema:
            return " or ".join(type_name(choice) for choice in schema[kind])
    if schema.get("type") == "array":
        return f"array of {type_name(schema.get('items', {}))}"
    name = schema.get("type", "any")
    return f"{name} ({schema['format']})" if "format" in schema else str(name)


def _operations(document: Document) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield {"path": path, "method": method.upper(), "parameters": [], "tags": [], **operation}


def _resolved(document: Document, part: Document) -> Document:
    """Return what a reference to a component refers to, or the part itself."""
    if "$ref" not in part:
        return part
    component: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        component = component[name]
    return dict(component)
