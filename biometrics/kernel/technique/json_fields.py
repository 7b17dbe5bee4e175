"""Dataclasses of the domain as JSON: what Pydantic reads of them, without importing it."""

from __future__ import annotations

from typing import Any, Final

# Of a dataclass, as `__pydantic_config__`: unknown fields are refused, and an answer has all fields.
AS_JSON: Final = {"extra": "forbid", "json_schema_serialization_defaults_required": True}


def about(description: str, **rules: Any) -> dict[str, Any]:
    """Return the metadata of a field: its description in the OpenAPI document, and arguments of `pydantic.Field`."""
    return {"description": description, **rules}
