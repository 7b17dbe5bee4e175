"""Helper processes run code that a hostile input can crash, fill the memory with or keep busy without end.

A helper writes one byte once it has started. Then it reads requests from its standard input and writes an answer to
each; both are framed by their length, 8 bytes, big-endian. It is in a process group of its own, so that Ctrl-C reaches
only its owner, ignores SIGTERM, and reads the end of its input when the owner ends, however that happens. Its
environment is empty: that of its owner may hold the master key and the URL of the database.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import FileIO
from queue import Empty, SimpleQueue
from typing import cast

_LENGTH_BYTES = 8
_PIPE_BYTES = 1 << 20  # most answers fit, so that owner and helper do not wait for each other in turns


def answer_requests(answer: Callable[[bytes], bytes]) -> None:
    """Be a helper: answer each request until the owner ends."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(b"R")
    answers.flush()
    while length := requests.read(_LENGTH_BYTES):
        content = answer(requests.read(int.from_bytes(length, "big")))
        answers.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
        answers.flush()


class HelperPool:
    """As many helpers of one kind as threads ask at once, each started when it is first needed."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        """Start nothing yet; an answer may take `seconds`."""
        self._command = command
        self._seconds = seconds
        self._forget()

    def ask(self, request: bytes) -> bytearray | None:
        """Return a helper's answer; None if it ended instead or took too long: the next request gets another helper.

        Raises:
            RuntimeError: no helper can be started, whatever the request.
        """
        helper = self._idle_helper() or _Helper(self._command)
        answer = helper.ask(request, self._seconds)
        if helper.is_running():
            self._idle.put(helper)
        return answer

    def _idle_helper(self) -> _Helper | None:
        if self._owner != os.getpid():
            self._forget()  # a fork does not share the helpers of its parent
        try:
            while not (helper := self._idle.get_nowait()).is_running():
                pass
        except Empty:
            return None
        return helper

    def _forget(self) -> None:
        self._owner = os.getpid()
        self._idle: SimpleQueue[_Helper] = SimpleQueue()


class _Helper:
    """One process, for one thread at a time; it ends with its owner."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0, env={}
        )
        self._input, self._output = cast("FileIO", self._process.stdin), cast("FileIO", self._process.stdout)
        for pipe in (self._input, self._output):
            os.set_blocking(pipe.fileno(), False)
            with suppress(OSError):  # the system may not let this user have so much
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._stop = weakref.finalize(self, _stop, self._process, os.getpid())
        if self._read(1, None) is None:
            self._stop()
            raise RuntimeError(f"A helper process does not start: {command[-1]}")

    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._stop.alive and self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> bytearray | None:
        """Return the process's answer; None where it gave none, and then it has ended."""
        until = time.monotonic() + seconds
        try:
            self._write(len(request).to_bytes(_LENGTH_BYTES, "big"), until)
            self._write(request, until)
            length = self._read(_LENGTH_BYTES, until)
            answer = None if length is None else self._read(int.from_bytes(length, "big"), until)
        except (BrokenPipeError, TimeoutError):
            answer = None
        if answer is None:
            self._stop()
        return answer

    def _write(self, content: bytes, until: float) -> None:
        rest = memoryview(content)
        while rest:
            written = self._input.write(rest)
            if written is None:
                _wait(self._input, select.POLLOUT, until)
            else:
                rest = rest[written:]

    def _read(self, length: int, until: float | None) -> bytearray | None:
        content = bytearray(length)
        rest = memoryview(content)
        while rest:
            count = self._output.readinto(rest)
            if count is None:
                _wait(self._output, select.POLLIN, until)
            elif count:
                rest = rest[count:]
            else:
                return None
        return content


def _wait(pipe: FileIO, event: int, until: float | None) -> None:
    """Wait until a pipe can be read or written, or has ended.

    Raises:
        TimeoutError: it can not at a time of the monotonic clock, where one is given.
    """
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(None if until is None else max(0.0, 1000 * (until - time.monotonic()))):
        raise TimeoutError


def _stop(process: subprocess.Popen[bytes], owner: int) -> None:
    """Close the pipes of a process and, unless this is a fork of its owner, end it."""
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    if owner == os.getpid():
        if process.poll() is None:  # it has not been waited for, so its id is still its own
            os.killpg(process.pid, signal.SIGKILL)  # and those that it has forked
        process.wait()
