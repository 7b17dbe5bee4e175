"""A process that helps another acts on no interrupt of its own, and never outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from select import select

import pytest

PARENT = """
import signal, time
from api.bootstrap.child_process import start_child

signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
child = start_child(time.sleep, 600)
try:
    print(child.pid, flush=True)
    signal.pause()
except KeyboardInterrupt:
    child.terminate()
    child.join()
    print(child.exitcode)
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PARENT]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as parent:
        yield parent
        parent.kill()  # else leaving waits for ever for one that hangs


def test_a_child_leaves_an_interrupt_to_its_parent_even_while_it_starts(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout is not None
    parent.stdout.readline()
    os.killpg(parent.pid, signal.SIGINT)
    output, errors = parent.communicate(timeout=120)
    assert (int(output), errors) == (-signal.SIGTERM, "")


def test_a_child_ends_with_a_parent_that_is_killed(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    assert select([child], [], [], 120) == ([child], [], [])
    os.close(child)
