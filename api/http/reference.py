"""The API reference at /docs: the OpenAPI document as one page with a console for requests, without other hosts.

FastAPI's own page loads Swagger UI from a content delivery network, so it stays blank where there is no internet.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import Any, Final

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from biometrics.kernel.errors import NotFound

PATH: Final = "/docs"
DOCUMENT: Final = "/openapi.json"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True})
_SCHEMA: Final = "#/components/schemas/"
Document = Mapping[str, Any]


def add_reference(app: FastAPI, script: str) -> None:
    """Serve the page, also where FastAPI has ReDoc. The application must have `docs_url=None, redoc_url=None`.

    `script` is the address of the console's script.
    """

    @lru_cache(1)
    def page() -> tuple[bytes, bytes]:
        content = render(app.openapi(), script).encode()
        return content, gzip.compress(content)

    def show(request: Request) -> HTMLResponse:
        content, compressed = page()
        headers = {"Content-Security-Policy": _POLICY, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return HTMLResponse(compressed, headers=headers | {"Content-Encoding": "gzip"})
        return HTMLResponse(content, headers=headers)

    app.add_route(PATH, show, include_in_schema=False)
    app.add_route("/metrics", _refuse_metrics, include_in_schema=False)
    app.add_route("/redoc", lambda _: RedirectResponse(PATH), include_in_schema=False)


def _refuse_metrics(_: Request) -> Response:
    raise NotFound("Metrics are served on a port of their own: set PEHCHAN_METRICS_PORT (docs/operations.md).")


def render(document: Document, script: str) -> str:
    """Return the page of an OpenAPI document."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"type": type_name, "text": _rich}
    environment.filters["curl"] = lambda operation: curl_of(document, operation)
    environment.globals["resolved"] = lambda part: _resolved(document, part)
    return environment.get_template("reference.html").render(
        document=document, address=DOCUMENT, script=script, operations=list(_operations(document))
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


def curl_of(document: Document, operation: Document) -> str:
    """Return a command that sends a request of an operation, with the words in capitals to be replaced."""
    parameters = [part for part in (_resolved(document, part) for part in operation["parameters"]) if part["required"]]
    query = "&".join(f"{part['name']}={_blank(part['name'])}" for part in parameters if part["in"] == "query")
    path = re.sub(r"\{(\w+)\}", lambda name: _blank(name[1]), operation["path"])
    parts = [f'curl -X {operation["method"]} -H "Authorization: Bearer KEY"']
    parts += [f'-H "{part["name"]}: {_blank(part["name"])}"' for part in parameters if part["in"] == "header"]
    for kind, body in list(_resolved(document, operation.get("requestBody", {})).get("content", {}).items())[:1]:
        example = body.get("example")
        if kind == "multipart/form-data":
            parts += [f"-F {quote(f'{name}={value}')}" for name, value in _fields(example or {})]
        elif "json" in kind:
            content = "@FILE.json" if example is None else json.dumps(example, ensure_ascii=False)
            parts += [f'-H "Content-Type: {kind}"', f"--data {quote(content)}"]
        else:
            parts += [f'-H "Content-Type: {kind}"', "--data-binary @FILE"]
    return " ".join([*parts, quote(f"https://HOST{path}" + f"?{query}" * bool(query))])


def _fields(example: Document) -> Iterator[tuple[str, str]]:
    for name, values in example.items():
        for value in values if isinstance(values, list) else [values]:
            yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _blank(name: str) -> str:
    return name.upper().replace("-", "_")


def _rich(text: str) -> Markup:
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - raw HTML is escaped


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
