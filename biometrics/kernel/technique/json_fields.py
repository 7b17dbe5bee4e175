"""Dataclasses of the domain as JSON: what Pydantic reads of them, without importing it, and how they are stored."""

from __future__ import annotations

from dataclasses import is_dataclass
from enum import Enum
from functools import lru_cache
from itertools import repeat
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

# Of a dataclass, as `__pydantic_config__`: unknown fields are refused, and an answer has all fields.
AS_JSON: Final = {"extra": "forbid", "json_schema_serialization_defaults_required": True}


def about(description: str, **rules: Any) -> dict[str, Any]:
    """Return the metadata of a field: its description in the OpenAPI document, and arguments of `pydantic.Field`."""
    return {"description": description, **rules}


def from_json(kind: Any, content: Any) -> Any:
    """Return a stored value of a type that `asdict` made JSON of."""
    if content is None:
        return None
    if types := _types(kind):
        return kind(**{name: from_json(types[name], value) for name, value in content.items()})
    inner = get_args(kind)
    if get_origin(kind) is UnionType:
        return from_json(inner[0], content)
    if get_origin(kind) is tuple:
        return tuple(map(from_json, repeat(inner[0]) if inner[-1] is ... else inner, content))
    return kind(content) if issubclass(kind, Enum) else content


@lru_cache
def _types(kind: Any) -> dict[str, Any]:
    """Return the types of the fields of a dataclass; none of another type."""
    return get_type_hints(kind) if is_dataclass(kind) else {}
