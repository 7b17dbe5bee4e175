"""Every route of every application, and requests to it: a proper one, and ones in which a single value is another."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from osia_client import encounter
from starlette.routing import Mount

from api.http.paths import PREFIX
from api.standards.mosip.app import path_of

EXAMPLES = json.loads((Path(__file__).parents[2] / "api" / "examples.json").read_text("utf-8"))
NOTHING = "00000000-0000-4000-8000-000000000000"
# Headers that are read although no route declares them.
HEADERS = ("X-Request-Id", "Accept-Language", "User-Agent", "Cookie", "Authorization", "Origin", "X-Forwarded-For")
# The same code reads them for all routes of an application: they are tried on one of each.
READ_HEADERS = ("GET /api/v1/me", "GET /osia/v1/galleries", "POST /mosip/abis/pingrequest", f"GET {PREFIX}/audit")
_FINGER = {"biometricType": "FINGER", "biometricSubType": "RIGHT_THUMB", "comment": "smudged", "missing": []}
_OSIA_BODIES: dict[str, Any] = {
    "list": ["CRIMINAL"],
    "EncounterIn": encounter(_FINGER),
    "IdentifyIn": {"filter": {"gender": "F"}, "biometricData": [_FINGER]},
    "VerifyIdIn": {"biometricData": [_FINGER]},
    "VerifyBioIn": {"biometricData1": [_FINGER], "biometricData2": [_FINGER]},
}
_MOSIP = {
    "version": "1.1",
    "requestId": "91234567-89AB-CDEF-0123-456789ABCDEF",
    "requesttime": "2026-03-29T07:01:24.692Z",
    "referenceId": "987654321-89AB-CDEF-0123-456789ABCDEF",
    "referenceURL": "",
    "flags": {"maxResults": "10", "targetFPIR": "30", "flag1": "any"},
    "gallery": {"referenceIds": [{"referenceId": "R-1"}]},
}


@dataclass(frozen=True)
class Place:
    """Where in a request a value is: `kind` is path, query, header, form, file or json."""

    kind: str
    name: str
    steps: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {'.'.join(map(str, self.steps))}".strip()


@dataclass(frozen=True)
class RequestParts:
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, str], ...] | None = None
    files: tuple[tuple[str, str, bytes], ...] = ()
    body: Any = None

    def sent(self, authorization: str) -> dict[str, Any]:
        """Return what `TestClient.request` takes; texts that UTF-8 cannot say are sent all the same."""
        headers = {"Authorization": authorization} | dict(self.headers)
        query = urlencode([(name.encode(*_ANY), value.encode(*_ANY)) for name, value in self.query])
        sent: dict[str, Any] = {"method": self.method, "url": self.path + (f"?{query}" if query else "")}
        if self.form is not None:
            content, media_type = _form(self.form, self.files)
            sent["content"], headers["Content-Type"] = content, media_type
        elif self.body is not None:
            sent["content"], headers["Content-Type"] = json.dumps(self.body), "application/json"
        return sent | {"headers": {name: value.encode(*_ANY) for name, value in headers.items()}}


_ANY = ("utf-8", "surrogatepass")


def _form(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> tuple[bytes, str]:
    """Return a multipart body, in UTF-7 where a text is not to be said in UTF-8."""
    every = "".join(text for name, value in fields for text in (name, value)) + "".join(name for _, name, _ in files)
    charset = "utf-7" if re.search("[\ud800-\udfff]", every) else "utf-8"
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in fields:
        named = name.replace('"', '\\"').encode(charset)
        head = b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n' % (boundary.encode(), named)
        body += head + value.encode(charset) + b"\r\n"
    for name, file_name, content in files:
        named, called = name.encode(charset), file_name.replace('"', '\\"').encode(charset)
        head = b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n'
        body += head % (boundary.encode(), named, called) + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}; charset={charset}"


@dataclass(frozen=True)
class Route:
    """One operation of one of the applications; `application` is the prefix that it is mounted under."""

    application: str
    method: str
    path: str
    dependant: Dependant
    reads_body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.application}{self.path}"

    @property
    def body_types(self) -> list[Any]:
        """The annotations of what the body is read into."""
        return [parameter.field_info.annotation for parameter in _flat(self.dependant, "body")]

    def names(self, kind: str) -> list[str]:
        """Return the names of the parameters of a kind: path, query, header, form or file."""
        results: list[str] = []
        for parameter in _flat(self.dependant, "body" if kind in ("form", "file") else kind):
            info = parameter.field_info
            is_file, is_form = isinstance(info, params.File), isinstance(info, params.Form)
            if kind not in ("form", "file") or (is_file if kind == "file" else is_form and not is_file):
                model = getattr(info.annotation, "model_fields", None) if kind == "query" else None
                results += list(model) if model else [parameter.alias]
        return results

    @property
    def takes_form(self) -> bool:
        return bool(self.names("form") or self.names("file"))

    @property
    def takes_json(self) -> bool:
        return self.application == "/mosip" or (not self.takes_form and bool(_flat(self.dependant, "body")))

    def proper(self, ids: Mapping[str, str]) -> RequestParts:
        """Return a request as a client would send it; `ids` fill the path."""
        example = EXAMPLES.get(str(self), {})
        known = {name: str(value) for name, value in (example.get("parameters") or {}).items()} | dict(ids)
        path = re.sub(r"{(\w+)(:\w+)?}", lambda item: quote(known.get(item[1], NOTHING), safe=""), self.path)
        request = RequestParts(self.method, f"{self.application}{path}")
        if self.takes_form:
            every = example.get("body") or {}
            fields = [
                (name, str(item))
                for name, value in every.items()
                for item in (value if isinstance(value, list) else [value])
                if not str(item).startswith("@")
            ]
            return RequestParts(request.method, request.path, form=tuple(fields))
        if self.takes_json:
            headers = {name: known[name] for name in ("If-Match",) if name in known}
            query = (("transactionId", "T-1"),) if "transactionId" in self.names("query") else ()
            return RequestParts(request.method, request.path, query, headers, body=self._json(example))
        return request

    def _json(self, example: Mapping[str, Any]) -> Any:
        if self.application == "/mosip":
            name = next(name for name in _MOSIP_OPERATIONS if path_of(name) == self.path)
            return {"id": name} | _MOSIP
        if self.application == "/osia":
            (first,) = _flat(self.dependant, "body")
            annotation = getattr(first.field_info.annotation, "__name__", "")
            return deepcopy(_OSIA_BODIES.get(annotation, {}))
        return deepcopy(example["body"])

    def places(self, request: RequestParts) -> Iterator[Place]:
        """Yield where there is a text that a client chooses."""
        yield from (Place("path", name) for name in self.names("path"))
        yield from (Place("query", name) for name in self.names("query"))
        undeclared = HEADERS if str(self) in READ_HEADERS else ()
        yield from (Place("header", name) for name in (*self.names("header"), *undeclared))
        for name in self.names("form"):
            yield Place("form", name)
            for steps in _leaves(_json_of(dict(request.form or ()).get(name, ""))):
                yield Place("form", name, steps)
        yield from (Place("file", name) for name in self.names("file"))
        if request.body is not None:
            yield from (Place("json", "", steps) for steps in _leaves(request.body))

    def changed(self, request: RequestParts, place: Place, text: str) -> RequestParts:
        values = vars(request)
        if place.kind == "path":
            pattern = re.sub(r"{(\w+)(:\w+)?}", lambda item: "{" + item[1] + "}", f"{self.application}{self.path}")
            parts = dict(zip(re.findall(r"{(\w+)}", pattern), _segments(pattern, request.path), strict=True))
            parts[place.name] = quote(text.encode(*_ANY), safe="")
            return RequestParts(**values | {"path": re.sub(r"{(\w+)}", lambda item: parts[item[1]], pattern)})
        if place.kind == "query":
            return RequestParts(**values | {"query": (*request.query, (place.name, text))})
        if place.kind == "header":
            return RequestParts(**values | {"headers": dict(request.headers) | {place.name: text}})
        if place.kind == "file":
            return RequestParts(**values | {"form": request.form or (), "files": ((place.name, text, b"no image"),)})
        if place.kind == "form":
            arguments = dict(request.form or ())
            rest = tuple((name, value) for name, value in request.form or () if name != place.name)
            new = json.dumps(put(json.loads(arguments[place.name]), place.steps, text)) if place.steps else text
            return RequestParts(**values | {"form": (*rest, (place.name, new))})
        return RequestParts(**values | {"body": put(deepcopy(request.body), place.steps, text)})


_MOSIP_OPERATIONS = [
    f"mosip.abis.{name}" for name in ("insert", "identify", "delete", "ping", "referenceCount", "pendingJobs")
]


def routes(app: FastAPI) -> list[Route]:
    """Return the operations of an application, and of those that are mounted in it."""
    result = list(_routes(app, ""))
    assert {item.application for item in result} == {"", "/osia", "/mosip", PREFIX}
    return result


def _routes(app: FastAPI, prefix: str) -> Iterator[Route]:
    for route in iter_route_contexts(app.routes):
        original = route.original_route
        if isinstance(original, APIRoute):
            for method in sorted(route.methods or ()):
                reads = "requestBody" in (original.openapi_extra or {})
                yield Route(prefix, method, str(route.path), route.dependant, reads)
    for mount in app.routes:
        if isinstance(mount, Mount) and isinstance(mount.app, FastAPI):
            yield from _routes(mount.app, mount.path)


def _flat(dependant: Dependant, kind: str) -> list[Any]:
    own = list(getattr(dependant, f"{kind}_params"))
    return own + [item for inner in dependant.dependencies for item in _flat(inner, kind)]


def _segments(pattern: str, path: str) -> tuple[str, ...]:
    matched = re.fullmatch(re.sub(r"{(\w+)}", "([^/]*)", pattern), path)
    assert matched, (pattern, path)
    return matched.groups()


def _json_of(text: str) -> Any:
    return json.loads(text) if text.startswith(("{", "[")) else None


def _leaves(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield where the texts are in a JSON value."""
    return (steps for steps, scalar in scalars(value) if isinstance(scalar, str))


def scalars(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield where the texts, numbers and truth values are in a JSON value, and what they are."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        if isinstance(item, dict | list):
            yield from scalars(item, (*before, step))
        elif item is not None:
            yield (*before, step), item


def objects(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where the objects are in a JSON value."""
    if isinstance(value, dict):
        yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield from objects(item, (*before, step))


def put(value: Any, steps: Sequence[str | int], text: Any) -> Any:
    *before, last = steps
    at = value
    for step in before:
        at = at[step]
    at[last] = text
    return value
