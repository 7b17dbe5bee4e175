"""Logs as text or as JSON lines; neither holds what was sent or stored."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from api.observability import request_id
from api.settings.operation import LogFormat, LogLevel


def configure(form: LogFormat, level: LogLevel) -> None:
    """Send the logs of this process to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if form is LogFormat.JSON else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.value.upper())
    logging.raiseExceptions = False  # a line that cannot be written would be printed with all its contents
    for chatty in ("alembic", "httpx", "httpx2", "stomp.py", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _Formatter(logging.Formatter):
    """Logs the class and place of an exception, not its message, which may quote the request."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        kind, error, trace = ei
        return _traceback_text(kind, error, trace)


class _Text(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        line = f"{_time(record)} {record.levelname:<7} {record.getMessage()}{' ' * bool(facts)}{facts}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _JsonLines(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    current_id = request_id.current.get()
    return ({"request_id": current_id} if current_id else {}) | getattr(record, "facts", {})


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _traceback_text(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> str:
    lines = traceback.format_tb(trace)
    if kind is not None:
        lines.append(f"{kind.__module__}.{kind.__qualname__}")
    cause = error and (error.__cause__ or error.__context__)
    if cause:
        lines.insert(0, f"{_traceback_text(type(cause), cause, cause.__traceback__)}\nfollowed by\n")
    return "".join(lines)
