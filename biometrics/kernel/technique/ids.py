"""Ids of rows."""

from __future__ import annotations

import uuid


def canonical_id(text: str) -> str:
    """Return a UUID as it is stored, or "", which no row has, where `text` is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
