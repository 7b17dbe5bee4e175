"""What all shapes of the HTTP API have in common."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import lru_cache, partial
from typing import Annotated, Any, Final, Self, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    with_config,
)
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from biometrics.kernel.access import Unit
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.page import Page

MOST_LISTED = 200  # items of a page
STORED: Final = {"stored": True}  # the context in which entered values are read without the checks of entry

Shape = TypeVar("Shape")


def _written(value: object) -> object:
    if value is None or isinstance(value, dt.date) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
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
        return cls.model_validate({name: getattr(value, name) for name in names} | others, context=STORED)


class FromAttributes(Schema):
    """Base of what shows a value of the domain by its attributes, which have the same names."""

    @classmethod
    def of(cls, value: object) -> Self:
        """Show a value."""
        return cls.model_validate(value, context=STORED)


class PageOut(Schema):
    """Base of pages: the first field has the items, `next` is the cursor, and others are attributes of the page."""

    @classmethod
    def of(cls, page: Page[Any, Any]) -> Self:
        """Show a page, each item by its own shape."""
        items, *attributes = cls.model_fields
        (shape,) = get_args(cls.model_fields[items].annotation)
        fields = {name: getattr(page, name) for name in attributes if name != "next"}
        after = None if page.after is None else str(page.after)
        shown = [shape.of(item) if issubclass(shape, Schema) else item for item in page.items]
        return cls(**fields | {items: shown, "next": after})


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


UnitPath = Annotated[str, BeforeValidator(lambda value: value.path if isinstance(value, Unit) else value)]


def _by_path(_: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Read and write a unit as its path."""
    path = handler.generate_schema(str)
    return core_schema.no_info_plain_validator_function(
        lambda value: value if isinstance(value, Unit) else Unit.of(str(value)),
        json_schema_input_schema=path,
        serialization=core_schema.plain_serializer_function_ser_schema(lambda unit: unit.path, return_schema=path),
    )


Unit.__get_pydantic_core_schema__ = staticmethod(_by_path)  # type: ignore[attr-defined]  # the kernel knows no Pydantic
Sorted = BeforeValidator(_sorted)  # of a set: the same list each time


class RequestBody(Schema):
    """Base of all that is sent as JSON: true is no number, and neither is "5", though Pydantic would convert them."""

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_other_types(cls, value: object, info: ValidationInfo) -> object:
        return _require_types(cls.model_fields[info.field_name or ""].annotation, value, info)


def _entered_schema(kind: type[Entered], source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Return the schema of an entered value: the types of its fields are refused as those of a `RequestBody` are.

    Pydantic calls `__post_init__` of a dataclass whenever it reads one, and so here not where STORED is read.
    """
    schema: Any = handler.resolve_ref_schema(handler(source))
    hints = get_type_hints(kind)
    for field in schema["schema"]["fields"]:
        holder = field["schema"] if field["schema"]["type"] == "default" else field
        require_types = partial(_require_types, hints[field["name"]])
        holder["schema"] = core_schema.with_info_before_validator_function(require_types, holder["schema"])
    schema["post_init"] = False

    def enter(value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        entered = read(value)
        if entered is not value and info.context is not STORED:
            entered.__post_init__()
        return entered

    return core_schema.with_info_wrap_validator_function(enter, schema)


# The dataclasses that people enter are schemas as they are: the kernel knows nothing of Pydantic.
Entered.__get_pydantic_core_schema__ = classmethod(_entered_schema)  # type: ignore[attr-defined]


_adapters = lru_cache(TypeAdapter)  # one takes milliseconds to make


def adapter_of(shape: type[Shape]) -> TypeAdapter[Shape]:
    """Return what reads a shape."""
    return _adapters(cast(Any, shape))


def show(shape: type[Shape], values: Mapping[str, Any]) -> Shape:
    """Return the dataclass that shows a stored value, made of its fields and of others, which are left out."""
    return adapter_of(shape).validate_python(values, context=STORED, extra="ignore")


def merge_patch_of(kind: type[Entered], *constant: str) -> Any:
    """Return the type of a merge patch (RFC 7396) of an entered value, without the fields that stay as they are.

    Null restores the default of a field that has one, and is refused for others.
    """
    hints = get_type_hints(kind)
    members: dict[str, Any] = {}
    for column in fields(cast(Any, kind)):
        if column.name not in constant:
            hint = hints[column.name]
            patch = merge_patch_of(cast(Any, hint)) if is_dataclass(hint) else hint
            nullable = patch if column.default is MISSING else patch | None
            description = Field(description=column.metadata.get("description"))
            members[column.name] = Annotated[nullable, BeforeValidator(partial(_require_types, hint)), description]
    patch_type: Any = TypedDict(f"{kind.__name__}Patch", members, total=False)  # type: ignore[misc]
    patch_type.__doc__ = (
        "Changes (RFC 7396): each field that is given replaces the stored one; null restores its default."
    )
    return with_config(ConfigDict(extra="forbid"))(patch_type)


def _require_types(annotation: Any, value: Any, info: ValidationInfo) -> Any:
    """Refuse a value of another type in JSON than an annotation's, and a day that is not written as one."""
    expected = set(json_types(annotation)) if info.mode != "string" else ()  # type: ignore[comparison-overlap]
    if expected and (wrong_types := set(_sent_types(value)) - expected):
        raise ValueError(f"a {' or '.join(sorted(expected))} is expected, not a {wrong_types.pop()}")
    return require_written(annotation, value)


def require_written(annotation: Any, value: Any) -> Any:
    """Refuse a day that is not written as one."""
    return _written(value) if dt.date in (annotation, *get_args(annotation)) else value


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
        yield from json_types(type(value))


def json_types(annotation: Any) -> Iterator[str]:
    """Yield the types in JSON of the scalars that a Python type stands for."""
    inner = get_args(annotation)
    for part in inner:
        yield from json_types(part)
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
