"""Progress bars on stderr, so that stdout holds results only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Advance(Protocol):
    """To be called after each item, or with how many were done."""

    def __call__(self, done: int = 1) -> None: ...


@contextmanager
def progress(description: str, total: int) -> Iterator[Advance]:
    """Show how many of `total` items are done."""
    with _progress() as bar:
        task = bar.add_task(description, total=total)

        def advance(done: int = 1) -> None:
            bar.advance(task, done)

        yield advance


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar per name, from its first progress on."""
    shown = _progress()
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        shown.start()
        if what not in tasks:
            tasks[what] = shown.add_task(what)
        shown.update(tasks[what], completed=done, total=total)

    try:
        yield show
    finally:
        if tasks:
            shown.stop()


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
