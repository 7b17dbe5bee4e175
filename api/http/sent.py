"""Dataclasses of the domain that are sent as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import partial
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from api.http.schemas import _json_types

Value = TypeVar("Value")


class _JsonTypes:
    """Checks a dataclass, and those within it, as `RequestBody` checks a model."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(partial(_require_json_types, source), handler(source))


Sent = Annotated[Value, _JsonTypes()]  # a dataclass as the body of a request


def dataclasses_in(annotation: Any) -> Iterator[Any]:
    """Yield the dataclasses that a type names."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        yield annotation
    for inner in get_args(annotation):
        yield from dataclasses_in(inner)


def _require_json_types(annotation: Any, value: object) -> object:
    if faults := list(_faults(annotation, value, ())):
        raise ValidationError.from_exception_data("body", faults)
    return value


def _faults(annotation: Any, value: object, location: tuple[str | int, ...]) -> Iterator[InitErrorDetails]:
    """Yield a fault for each scalar of another type in JSON than the annotation has, in lists and dataclasses, too."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(annotation, item, (*location, index))
    elif isinstance(value, dict):
        for kind in dataclasses_in(annotation):
            for name in get_type_hints(kind).keys() & value.keys():
                yield from _faults(get_type_hints(kind)[name], value[name], (*location, name))
    else:
        sent, expected = next(_json_types(type(value)), None), set(_json_types(annotation))
        if sent and expected and sent not in expected:
            message = f"Value error, a {' or '.join(sorted(expected))} is expected, not a {sent}"
            yield InitErrorDetails(type=PydanticCustomError("value_error", message), loc=location, input=value)
