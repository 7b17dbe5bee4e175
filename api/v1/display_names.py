"""Adds people's names to the ids of their accounts in answers.

class OpinionOut(Schema):
    actor: str
    actor_name: Annotated[str, NameOf("actor")] = ""

return colleagues.fill_names(CaseOut.of(view))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypeVar, cast, get_origin, get_type_hints

from fastapi import Depends
from pydantic import BaseModel

from api.http.dependencies import ServiceEngine
from api.http.schemas import NameOf
from biometrics.accounts.display_names import names_of
from biometrics.kernel.technique.text import assign
from biometrics.storage.database.engine import Database

Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Colleagues:
    """Display names of the accounts of this station."""

    database: Database

    def fill_names(self, value: Shown) -> Shown:
        """Fill in the fields marked with `NameOf` in a shape, or a list of them, that its caller may see; return it."""
        named_fields = list(_named_fields(value))
        names = names_of(self.database, (account_id for _, _, account_id in named_fields))
        for shape, field, account_id in named_fields:
            assign(shape, field, names[account_id] if account_id else "")
        return value


def _named_fields(value: Any) -> Iterator[tuple[object, str, str | None]]:
    """Yield each shape within a value that has such a field, the field, and the id that it is of."""
    if isinstance(value, list):
        for item in value:
            yield from _named_fields(item)
    elif isinstance(value, BaseModel) or is_dataclass(value):
        for field, mark in _marks(cast(Any, type(value))).items():
            if mark:
                yield value, field, getattr(value, mark.field)
            else:
                yield from _named_fields(getattr(value, field))


@lru_cache
def _marks(shape: type) -> dict[str, NameOf | None]:
    """Return the mark of each field of a shape."""
    hints = get_type_hints(shape, include_extras=True)
    return {
        name: next((mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, NameOf)), None)
        for name, hint in hints.items()
        if get_origin(hint) is not ClassVar
    }


def _colleagues(engine: ServiceEngine) -> Colleagues:
    return Colleagues(engine.store.database)


ColleaguesDependency = Annotated[Colleagues, Depends(_colleagues)]
