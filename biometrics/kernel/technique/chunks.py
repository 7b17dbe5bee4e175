"""Sequences cut into pieces: a statement takes a bounded number of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

CHUNK: Final = 500  # values in one IN list: some builds of SQLite take only 999 variables


def in_chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Return the values in lists of `size`; the last one may be shorter."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
