"""Marks texts in Python code for translation."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text
