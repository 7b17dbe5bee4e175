"""Processes that help this one and end with it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess


def start_child(act: Callable[..., None], *arguments: object) -> BaseProcess:
    """Start a process that ends with this one. Ctrl-C reaches both, and only this one acts on it. Main thread only."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a new process inherits that from its first instruction on
    try:
        child = get_context("spawn").Process(target=act, args=arguments, daemon=True)
        child.start()
    finally:
        signal.signal(signal.SIGINT, handler)
    return child
