"""Processes that help this one and end with it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread


def start_child(act: Callable[..., None], *arguments: object) -> BaseProcess:
    """Start a process that ends with this one, however this one ends. Main thread only.

    Ctrl-C reaches both, and only this one acts on it.
    """
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a new process inherits that from its first instruction on
    try:
        child = get_context("spawn").Process(target=_act, args=(act, *arguments), daemon=True)
        child.start()
    finally:
        signal.signal(signal.SIGINT, handler)
    return child


def _act(act: Callable[..., None], *arguments: object) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    act(*arguments)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)  # what it was doing is undone as by any kill
