"""Helper processes run code that a hostile input can crash, fill the memory with or keep busy without end.

A helper writes one byte once it has started. Then it reads requests from its standard input and writes an answer to
each; both are framed by their length, 8 bytes, big-endian. It is in a process group of its own, so that Ctrl-C reaches
only its owner, ignores SIGTERM, and reads the end of its input when the owner ends, however that happens.
"""

from __future__ import annotations

import os
import signal
import subprocess
import weakref
from collections.abc import Sequence
from io import FileIO
from queue import Empty, SimpleQueue
from threading import Timer
from typing import cast

_LENGTH_BYTES = 8


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
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0
        )
        self._input, self._output = cast("FileIO", self._process.stdin), cast("FileIO", self._process.stdout)
        self._stop = weakref.finalize(self, _stop, self._process, os.getpid())
        if self._read(1) is None:
            self._stop()
            raise RuntimeError(f"A helper process does not start: {command[-1]}")

    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._stop.alive and self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> bytearray | None:
        """Return the process's answer; None where it gave none, and then it has ended."""
        too_late = Timer(seconds, _kill, (self._process,))
        too_late.start()
        try:
            self._write(len(request).to_bytes(_LENGTH_BYTES, "big"))
            self._write(request)
            length = self._read(_LENGTH_BYTES)
            answer = None if length is None else self._read(int.from_bytes(length, "big"))
        except BrokenPipeError:
            answer = None
        finally:
            too_late.cancel()
            too_late.join()  # else it could end the process while that is idle, or answers the next request
        if answer is None:
            self._stop()
        return answer

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[self._input.write(rest) :]

    def _read(self, length: int) -> bytearray | None:
        content = bytearray(length)
        rest = memoryview(content)
        while rest:
            count = self._output.readinto(rest)
            if not count:
                return None
            rest = rest[count:]
        return content


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it has forked; it has not been waited for, so its id is still its own."""
    os.killpg(process.pid, signal.SIGKILL)


def _stop(process: subprocess.Popen[bytes], owner: int) -> None:
    """Close the pipes of a process and, unless this is a fork of its owner, end it."""
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    if owner == os.getpid():
        if process.poll() is None:
            _kill(process)
        process.wait()
