"""Checks of all requests: texts that can be stored, and nothing that the route does not declare."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, get_args, get_origin, get_type_hints, is_typeddict

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.datastructures import UploadFile

from biometrics.kernel.errors import InvalidField, InvalidText, UnknownField
from biometrics.kernel.technique.text import printable, refuse_unfit, refuse_unfit_texts

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_LISTED = 20  # known names that a message lists, if none is similar to the unknown one


async def refuse_unfit_address(request: Request) -> None:
    """Refuse headers, paths and queries that hold texts which cannot be stored or shown; for all routes of an app.

    Raises:
        InvalidText: the message names the field.
    """
    for name, value in request.headers.items():
        # A header's bytes are read as Latin-1, and UTF-8 has bytes that are control characters there.
        refuse_unfit(f"The header {name}", value.encode("latin-1").decode(errors="replace"))
    for name, value in request.path_params.items():
        refuse_unfit(name, str(value))
    for name, value in request.query_params.multi_items():
        refuse_unfit("The name of a query parameter", name)
        refuse_unfit(name, value)


async def refuse_unfit_body(request: Request) -> None:
    """Check the body as `refuse_unfit_address` checks the address, after the sender is authenticated."""
    route = request.scope["route"]
    if _is_form(request) and _form_fields(route.dependant):
        shaped = {name for name, field in _fields(route.dependant, "body_params") if _is_shaped(field)}
        for name, sent in (await request.form()).multi_items():
            refuse_unfit("The name of a form field", name)
            if isinstance(sent, UploadFile):
                _refuse_unfit_file(name, sent)
            else:
                refuse_unfit(name, sent)
                if name in shaped:
                    _refuse_unfit_json(name, sent)
        return
    is_json = _fields(route.dependant, "body_params") and "json" in request.headers.get("content-type", "")
    if is_json:  # what is none, such as an empty body, the route refuses, or takes for its defaults
        _refuse_unfit_json("The body", await request.body())


def _refuse_unfit_file(name: str, file: UploadFile) -> None:
    for part, text in (("name", file.filename or ""), ("type", file.content_type or "")):
        refuse_unfit(f"The {part} of the file in {name}", text)
        if "\n" in text or "\r" in text:
            raise InvalidText(f"The {part} of the file in {printable(name)} has a line break; rename it.")


def _is_shaped(field: FieldInfo) -> bool:
    """Return whether a field holds JSON that has a schema; the items of a batch are checked one by one."""
    return any(True for _ in _schemas(field.annotation))


def _refuse_unfit_json(name: str, content: str | bytes) -> None:
    """Refuse texts in JSON; other content is checked as text, or refused where JSON is expected."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return
    refuse_unfit_texts(name, value)


async def refuse_undeclared(request: Request, *, any_query: bool = False) -> None:
    """Refuse query parameters (unless `any_query`), form fields, files and bodies that a route does not declare.

    Unknown properties of JSON are refused by their schemas; `names_in_body` returns the known ones.

    Raises:
        UnknownField: the message names it, and the most similar known name.
        InvalidField: the route takes a form, and the body is none.
    """
    route = request.scope["route"]
    if not any_query:
        _refuse_unknown("query parameter", request.query_params.keys(), _query_parameters(route.dependant))
    fields = _form_fields(route.dependant)
    if not fields and (_fields(route.dependant, "body_params") or "requestBody" in (route.openapi_extra or {})):
        return
    if _is_form(request):
        form = await request.form()
        sent = list(form.keys())
        if not fields:  # no dependency has read the form, and none closes its files
            await form.close()
    else:
        sent = _field_names(await request.body())
    _refuse_unknown("form field" if fields else "field", sent, fields)
    if sent and not _is_form(request):
        raise InvalidField("Send the fields as a form (multipart/form-data).")


def _field_names(body: bytes) -> list[str]:
    """Return the names of the parts of a body that is not a form."""
    if not body.strip():
        return []
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ["body"]
    return list(value) if isinstance(value, dict) else ["body"]


def _refuse_unknown(kind: str, sent: Collection[str], allowed: Sequence[str]) -> None:
    for name in sent:
        if name not in allowed:
            raise UnknownField(unknown(kind, name, allowed))


def unknown(kind: str, name: str, allowed: Sequence[str]) -> str:
    """Return a message that a name is unknown, with the known ones."""
    near = get_close_matches(name, allowed, 1)
    rest = f"did you mean {near[0]}?" if near else f"there are: {', '.join(allowed)}." if allowed else "there are none."
    if len(allowed) > _LISTED and not near:
        rest = "see the documentation at /docs."
    return f"There is no {kind} {printable(name)[:100]!r} here; {rest} Nothing was done."


def names_in_body(dependant: Dependant, location: Sequence[str | int]) -> list[str]:
    """Return the names that a body allows at the place of an unknown one."""
    steps = list(location)
    fields = _fields(dependant, "body_params")
    if form := _form_fields(dependant):
        fields = [(name, field) for name, field in fields if steps and name == steps[0]] if steps[0] in form else []
        steps = steps[1:]
    return [name for _, field in fields for name in names_at(field.annotation, steps)]


def names_at(annotation: Any, steps: Sequence[str | int]) -> list[str]:
    """Return the names that a type's schemas allow at a place, `steps`, except for its last part."""
    names: list[str] = []
    for schema in _schemas(annotation):
        inner = _members(schema)
        if len(steps) <= 1:
            names += inner
        elif steps[0] in inner:
            names += names_at(inner[str(steps[0])], steps[1:])
    if not names and len(steps) > 1:  # a place in a list, or a key of a mapping
        return names_at(annotation, steps[1:])
    return names


def _schemas(annotation: Any) -> Iterator[type]:
    """Yield the models, dataclasses and typed dictionaries in a type."""
    if isinstance(annotation, type) and (
        issubclass(annotation, BaseModel) or is_dataclass(annotation) or is_typeddict(annotation)
    ):
        yield annotation
    for inner in get_args(annotation):
        yield from _schemas(inner)


def _members(schema: type) -> dict[str, Any]:
    """Return the types of a schema's members, by the names that clients use."""
    if issubclass(schema, BaseModel):
        return {field.alias or name: field.annotation for name, field in schema.model_fields.items()}
    return {name: hint for name, hint in get_type_hints(schema).items() if get_origin(hint) is not ClassVar}


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith(FORMS)


def _query_parameters(dependant: Dependant) -> list[str]:
    """Return the names of query parameters, including those of models."""
    fields = _fields(dependant, "query_params")
    return [inner for name, field in fields for inner in names_at(field.annotation, []) or [name]]


def _form_fields(dependant: Dependant) -> list[str]:
    return [name for name, field in _fields(dependant, "body_params") if isinstance(field, params.Form)]


def _fields(dependant: Dependant, kind: str) -> list[tuple[str, FieldInfo]]:
    """Return the parameters of a kind that a route and its dependencies declare, by the names that clients use."""
    fields = [(field.alias, field.field_info) for field in getattr(dependant, kind)]
    return fields + [field for inner in dependant.dependencies for field in _fields(inner, kind)]
