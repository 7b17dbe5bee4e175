"""The files of an image folder."""

from __future__ import annotations

from pathlib import Path


def files_but_marks(folder: Path) -> set[str]:
    """Return the names of all files but the marks of users."""
    return {path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "users"}
