"""Values that people enter: checked completely when they are entered, and never refused when they are read back.

The constructor of such a value is its entry: it trims the texts and raises InvalidField. What is stored was entered
once, maybe under other rules or by another clock, so `stored` makes values of it without any check. Every write of an
entered value calls `require_proper`, so that a value made by `stored` cannot be entered either.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast

from biometrics.kernel.errors import InvalidField, InvalidInput
from biometrics.kernel.technique.clock import latest_day

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


class Entered:
    """Base of the frozen dataclasses that people enter.

    `_clean` holds the rules that do not depend on the time, `_check_days` those that do.
    """

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


def stored(kind: Callable[Arguments, Value], *values: Arguments.args, **by_name: Arguments.kwargs) -> Value:
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
