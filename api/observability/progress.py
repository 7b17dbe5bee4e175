"""The callback that reports the stages of a task."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

# Set while a task is carried out; called with each stage, from many threads.
report_stage: ContextVar[Callable[[str], None] | None] = ContextVar("report_stage", default=None)
