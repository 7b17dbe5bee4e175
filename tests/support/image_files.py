"""Image files: those of a folder, and WSQ."""

from __future__ import annotations

from pathlib import Path

import _wsq

from biometrics.imaging.image import decode


def files_but_marks(folder: Path) -> set[str]:
    """Return the names of all files but the marks of users."""
    return {path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "users"}


def wsq_of(content: bytes) -> bytes:
    """Return an image as WSQ, which no browser shows."""
    pixels = decode(content).grey()
    return bytes(_wsq.compress(pixels.tobytes(), *pixels.shape, 0.75))
