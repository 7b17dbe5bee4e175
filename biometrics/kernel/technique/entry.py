"""Values that people enter: checked completely when they are entered, and never refused when they are read back.

The constructor of such a value is its entry: it trims the texts and raises InvalidField. What is stored was entered
once, maybe under other rules or by another clock, so `stored` and `from_json` make values of it without any check.
Every write of an entered value calls `require_proper`, so that such a value cannot be entered either.

These dataclasses are schemas of the API, too (`api.http.schemas`): a field's `metadata` holds its `description` there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date, time
from enum import Enum
from functools import lru_cache
from typing import Any, ClassVar, ParamSpec, TypeVar, cast, get_args, get_origin, get_type_hints

from biometrics.kernel.errors import InvalidField, InvalidInput
from biometrics.kernel.technique.clock import latest_day

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


class Entered:
    """Base of the frozen dataclasses that people enter; their constructors raise InvalidField.

    `_clean` holds the rules that do not depend on the time, `_check_days` those that do.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    def __post_init__(self) -> None:
        """Trim and check."""
        self._clean()
        self._check_days(latest_day())

    def _clean(self) -> None:
        """Trim and check.

        Raises:
            InvalidField: a value breaks its rule.
        """

    def _check_days(self, latest: date) -> None:
        """Check that nothing is in the future of a day.

        Raises:
            InvalidField: something is.
        """


def stored(kind: Callable[Arguments, Value], /, *values: Arguments.args, **by_name: Arguments.kwargs) -> Value:
    """Make a dataclass of stored values, which its constructor could refuse; this never does."""
    new = object.__new__(cast(type[Value], kind))
    columns = _fields(kind)
    arguments = dict(zip((column.name for column in columns), values, strict=False)) | by_name
    for column in columns:
        object.__setattr__(new, column.name, arguments[column.name] if column.name in arguments else _default(column))
    return new


def changed(value: Value, **changes: Any) -> Value:
    """Return a copy of a stored value with some fields replaced, without any check."""
    copied = copy.copy(value)
    for name, new in changes.items():
        object.__setattr__(copied, name, new)
    return copied


def patched(value: Value, patch: Mapping[str, Any]) -> Value:
    """Return a copy with a merge patch (RFC 7396), checked: what is absent stays, None means the field's default.

    Raises:
        InvalidField: a value breaks its rule.
    """
    changes = {}
    for column in _fields(cast(Any, type(value))):
        if column.name in patch:
            new = patch[column.name]
            if isinstance(new, Mapping):
                new = patched(getattr(value, column.name), new)
            changes[column.name] = _default(column) if new is None else new
    return cast(Value, replace(cast(Any, value), **changes))


def to_json(value: Any) -> Any:
    """Return a value as plain JSON for the store, without the empty fields of dataclasses; `from_json` reads it."""
    if is_dataclass(value):
        content = {column.name: to_json(getattr(value, column.name)) for column in fields(value)}
        return {name: item for name, item in content.items() if item not in (None, "", [], {})}
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def from_json(kind: type[Value], content: Any) -> Value:
    """Return the value of a type that `to_json` made plain, or whose fields a row has, without any check."""
    return cast(Value, _reader(cast(Any, kind))(content))


@lru_cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return the function that reads a type from JSON."""
    arguments = get_args(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        readers = {column.name: _reader(hints[column.name]) for column in fields(kind)}

        def read(content: Mapping[str, Any]) -> object:
            items = ((name, reader, content.get(name)) for name, reader in readers.items())
            return stored(cast(Any, kind), **{name: reader(item) for name, reader, item in items if item is not None})

        return read
    if get_origin(kind) is tuple:
        return lambda content: tuple(map(_reader(arguments[0]), content))
    if arguments:  # of a type or None
        return _reader(arguments[0])
    if issubclass(kind, date | time):
        return lambda content: content if isinstance(content, kind) else kind.fromisoformat(content)
    return cast(Callable[[Any], Any], kind)


def problems(value: object, latest: date) -> tuple[str, ...]:
    """Return a sentence for each rule that a stored value, or a part of it, breaks on a day."""
    messages = []
    for part in _entered(value):
        tried = copy.copy(part)  # the check trims it
        try:
            tried._clean()
            tried._check_days(latest)
        except InvalidInput as error:
            messages.append(error.message)
    return tuple(messages)


def require_proper(*values: object) -> None:
    """Refuse values that break a rule now; the functions that write rows call this before they write.

    Raises:
        InvalidField: one does, and which.
    """
    for value in values:
        if messages := problems(value, latest_day()):
            raise InvalidField(" ".join(messages))


def _entered(value: object) -> Iterator[Entered]:
    """Yield the entered values that a value consists of, itself first."""
    if isinstance(value, tuple):
        for item in value:
            yield from _entered(item)
    elif is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Entered):
            yield value
        for column in _fields(type(value)):
            yield from _entered(getattr(value, column.name))


@lru_cache
def _fields(kind: Callable[..., object]) -> tuple[Field[Any], ...]:
    return fields(cast(Any, kind))


def _default(column: Field[Any]) -> Any:
    if column.default_factory is not MISSING:
        return column.default_factory()
    if column.default is MISSING:
        raise TypeError(f"{column.name} is missing")
    return column.default
