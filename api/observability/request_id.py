"""The id of a request: in its answer, in the log, in the audit log, and in traces."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request

HEADER = "X-Request-Id"

current: ContextVar[str] = ContextVar("request_id", default="")

_PROPER = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def proper_id(header: str) -> str:
    """Take the id that the caller gave, where it is one, or else make one."""
    return header if _PROPER.fullmatch(header) else uuid.uuid4().hex


def request_id(request: Request) -> str:
    """Return the id of a request; empty if it has none."""
    return str(getattr(request.state, "request_id", ""))
