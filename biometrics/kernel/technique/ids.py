"""Ids of rows."""

from __future__ import annotations

import uuid
from typing import Final

UUID_PATTERN: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # of a stored id within a text


def canonical_id(text: str) -> str:
    """Return a UUID as it is stored, or "", which no row has, where `text` is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
