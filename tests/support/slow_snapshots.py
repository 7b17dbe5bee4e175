"""A disk that is slow: snapshots of indexes are written when the test says so."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from index import snapshot_file


def hold_snapshots(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Return an event that is set once a snapshot is being written, and one that lets the writing go on."""
    writing, go_on = threading.Event(), threading.Event()
    write_to = snapshot_file._write_to

    def write_slowly(file: Any, saved: snapshot_file.Snapshot) -> None:
        writing.set()
        assert go_on.wait(60)
        write_to(file, saved)

    monkeypatch.setattr(snapshot_file, "_write_to", write_slowly)
    return writing, go_on
