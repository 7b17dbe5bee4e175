"""Who wants to know, of a piece of work, what is being done for it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

# Set while a task is carried out; called with each stage, from many threads.
reached: ContextVar[Callable[[str], None] | None] = ContextVar("reached", default=None)
