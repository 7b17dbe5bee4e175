"""Answers in JSON."""

from __future__ import annotations

import json
from typing import Any

from fastapi.responses import Response


class Json(Response):
    """JSON in ASCII: a client's text may hold what is no Unicode."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the bytes."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
