"""A page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Place = TypeVar("Place", str, int)


@dataclass(frozen=True)
class Page(Generic[Item, Place]):
    """Some items of a list; `after` asks for the next ones, None where there are no more."""

    items: tuple[Item, ...]
    after: Place | None
