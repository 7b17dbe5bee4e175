"""Ctrl-C reaches all processes of a terminal; only the one that the user started acts on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

PARENT = """
import signal, time
from api.bootstrap.child_process import start_child

signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
child = start_child(time.sleep, 600)
try:
    print("started", flush=True)
    signal.pause()
except KeyboardInterrupt:
    child.terminate()
    child.join()
    print(child.exitcode)
"""


def test_a_child_leaves_an_interrupt_to_its_parent_even_while_it_starts() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        os.killpg(parent.pid, signal.SIGINT)
        try:
            output, errors = parent.communicate(timeout=120)
        finally:
            parent.kill()  # else leaving waits for ever for one that hangs
    assert (int(output), errors) == (-signal.SIGTERM, "")
