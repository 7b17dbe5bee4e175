"""Progress on stderr, so that stdout holds results only: bars, or where it is no terminal a line now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic as time_now
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_LINE_EVERY = 30.0  # seconds, where bars cannot be drawn


class Advance(Protocol):
    """The callback after each item, or after `count` of them."""

    def __call__(self, count: int = 1) -> None: ...


@contextmanager
def progress(description: str, total: int) -> Iterator[Advance]:
    """Show how many of `total` items are done."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, description, total)
        return
    with _progress() as bar:
        task = bar.add_task(description, total=total)

        def advance(count: int = 1) -> None:
            bar.advance(task, count)

        yield advance


class _Lines:
    """Progress as lines, for a run that takes long and whose output goes to a file."""

    def __init__(self, console: Console, description: str, total: int) -> None:
        self._console, self._description, self._total = console, description, total
        self._done = 0
        self._began = self._last = time_now()

    def __call__(self, count: int = 1) -> None:
        self._done += count
        now = time_now()
        if now - self._last >= _LINE_EVERY:
            self._last = now
            elapsed = now - self._began
            left = elapsed * (self._total - self._done) / self._done
            self._console.print(
                f"{self._description}: {self._done:,} of {self._total:,} after {elapsed:.0f} s, "
                f"{self._done / elapsed:.1f} a second, about {left:.0f} s left",
                soft_wrap=True,
            )


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar per name, from its first progress on."""
    display = _progress()
    tasks: dict[str, TaskID] = {}

    def show(name: str, completed: int, total: int) -> None:
        display.start()
        if name not in tasks:
            tasks[name] = display.add_task(name)
        display.update(tasks[name], completed=completed, total=total)

    try:
        yield show
    finally:
        if tasks:
            display.stop()


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
