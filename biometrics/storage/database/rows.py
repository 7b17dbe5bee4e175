"""Rows as values of the domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar, cast

from sqlalchemy import Row

Value = TypeVar("Value")


def from_row(kind: Callable[..., Value], row: Row[Any], /, **values: Any) -> Value:
    """Return a dataclass of a row: `values`, and the columns that have the names of its other fields."""
    names = (field.name for field in fields(cast(Any, kind)) if field.name not in values)
    return kind(**{name: getattr(row, name) for name in names if name in row._fields}, **values)
