"""What all shapes of the HTTP API have in common."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Self, get_args
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from biometrics.kernel.access import Unit
from biometrics.kernel.technique.page import Page

MOST_LISTED = 200  # items of a page


def _written(value: object) -> object:
    if isinstance(value, dt.date) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        return value
    raise ValueError("write the day as YYYY-MM-DD")


# A day as it is written; Pydantic alone would also take a number for seconds since 1970.
Day = Annotated[dt.date, BeforeValidator(_written)]
OptionalDay = Annotated[Day | None, BeforeValidator(lambda value: value or None)]  # an empty field of a form is no date


class Schema(BaseModel):
    """Base of all: unknown fields are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    @classmethod
    def showing(cls, value: object, /, **others: object) -> Self:
        """Show a value of the domain: `others`, and its attributes that have the names of the other fields."""
        names = [name for name in cls.model_fields if name not in others and hasattr(value, name)]
        return cls.model_validate({name: getattr(value, name) for name in names} | others)


class FromAttributes(Schema):
    """Base of what shows a value of the domain by its attributes, which have the same names."""

    @classmethod
    def of(cls, value: object) -> Self:
        """Show a value."""
        return cls.model_validate(value)


class PageOut(Schema):
    """Base of pages: the first field has the items, `next` is the cursor, and others are attributes of the page."""

    @classmethod
    def of(cls, page: Page[Any, Any]) -> Self:
        """Show a page, each item by its own shape."""
        items, *attributes = cls.model_fields
        (shape,) = get_args(cls.model_fields[items].annotation)
        fields = {name: getattr(page, name) for name in attributes if name != "next"}
        after = None if page.after is None else str(page.after)
        return cls(**fields | {items: [shape.of(item) for item in page.items], "next": after})


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


UnitPath = Annotated[str, BeforeValidator(lambda value: value.path if isinstance(value, Unit) else value)]
Sorted = BeforeValidator(_sorted)  # of a set: the same list each time


class RequestBody(Schema):
    """Base of all that is sent as JSON: true is no number, and neither is "5", though Pydantic would convert them."""

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_other_types(cls, value: object, info: ValidationInfo) -> object:
        expected = set(_json_types(cls.model_fields[info.field_name or ""].annotation))
        if expected and (wrong_types := set(_sent_types(value)) - expected):
            raise ValueError(f"a {' or '.join(sorted(expected))} is expected, not a {wrong_types.pop()}")
        return value


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "number": (int, float),
    "string": (str, dt.date, dt.time, UUID),
}


def _sent_types(value: object) -> Iterator[str]:
    """Yield the types in JSON of a scalar, and of those in a list."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _sent_types(item)
    else:
        yield from _json_types(type(value))


def _json_types(annotation: Any) -> Iterator[str]:
    """Yield the types in JSON of the scalars that a Python type stands for."""
    inner = get_args(annotation)
    for part in inner:
        yield from _json_types(part)
    if isinstance(annotation, type) and not inner:
        yield from [name for name, types in _JSON_TYPES.items() if issubclass(annotation, types)][:1]


@dataclass(frozen=True)
class NameOf:
    """Marks a field as the name of the account whose id is in another field; `api.v1.display_names` fills it in."""

    field: str


# For OpenAPI: the answer of a route that returns a sample's file.
IMAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The file, byte for byte as it was sent",
    }
}

# For OpenAPI: the answer of a route that renders an image for browsers.
RENDERING: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The image, upright, as a PNG with its resolution",
    }
}

# For OpenAPI: the answer of a route that writes a document.
PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The document",
    }
}


class Problem(BaseModel):
    """An error (RFC 9457). `code` is stable; `detail` says in a sentence what to do."""

    type: str = Field(description="`urn:pehchan:error:` followed by the code")
    title: str
    status: int
    code: str = Field(description="The kind of error; it stays the same between versions")
    detail: str = Field(description="A sentence for a person; it may change between versions")
    errors: list[dict[str, Any]] = Field(
        default=[], description="All faults, if fields or an ANSI/NIST-ITL file have several"
    )
    incident: str = Field(default="", description="Incident number to report to the operator")
    checks: dict[str, str] = Field(default={}, description="Results of the checks, if the service is not ready")
