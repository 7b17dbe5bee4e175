"""Compiling the matcher, once after an installation, in processes of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread  # noqa: TID251  # if it fails, the first request compiles

from api.bootstrap.child_process import start_child
from biometrics.kernel.technique.numba_cache import cached_functions, remove_other_versions
from fingerprint.compilation import compile_comparison, compile_search
from fingerprint.compiled import finish_compiling, start_compiling

REPORT_SECONDS = 10.0  # between two reports of how far the compiler is
KERNELS = 80  # functions that `compile_comparison` and `compile_search` compile

log = logging.getLogger("pehchan")


def compile_matcher(report: Callable[[str], object] = log.info) -> Thread:
    """Compile what compares prints and searches them, so that no request waits for the compiler. Main thread only.

    Once after an installation this takes a minute of two cores: other processes compile while the returned thread waits
    for them and tells `report` how far they are; prints are refused meanwhile (`fingerprint.compiled`). Where the
    functions are compiled already, the thread has ended on return.
    """
    remove_other_versions()
    is_first = not cached_functions("match_many")
    start_compiling()
    children = [start_child(part) for part in (compile_comparison, compile_search) if is_first]
    thread = Thread(target=_finish_compiling, args=(children, report), name="compiling", daemon=True)
    thread.start()
    if not is_first:
        thread.join()
    return thread


def _finish_compiling(children: Sequence[BaseProcess], report: Callable[[str], object]) -> None:
    try:
        while running := [child.sentinel for child in children if child.is_alive()]:
            if not wait(running, REPORT_SECONDS):
                report(f"Compiling the matcher: {cached_functions()} of about {KERNELS} functions are compiled.")
        compile_comparison()  # what a process that failed has left over
        compile_search()
    finally:
        finish_compiling()
