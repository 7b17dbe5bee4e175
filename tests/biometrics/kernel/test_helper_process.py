"""A helper process answers, is replaced when it ends, ends with its owner, and leaves Ctrl-C to it."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from biometrics.kernel.technique.helper_process import HelperPool

# It answers with its own id and the request, unless it is told to end or never to answer.
HELPER = """
import os, signal, sys
source, target = sys.stdin.buffer, sys.stdout.buffer
target.write(b"R")
target.flush()
while length := source.read(8):
    request = source.read(int.from_bytes(length, "big"))
    if request == b"end":
        os.abort()
    if request == b"stay":
        signal.pause()
    answer = b"%d %b" % (os.getpid(), request)
    target.write(len(answer).to_bytes(8, "big") + answer)
    target.flush()
"""
COMMAND = [sys.executable, "-I", "-c", HELPER]
OWNER = """
import os, signal, sys
from biometrics.kernel.technique.helper_process import HelperPool
signal.signal(signal.SIGINT, lambda *_: None)
pool = HelperPool([sys.executable, "-I", "-c", sys.argv[1]], 600)
"""


def answer(pool: HelperPool, request: bytes) -> tuple[int, bytes]:
    """Return the helper's id, and the request that it repeats."""
    whole = pool.ask(request)
    assert whole is not None
    process, _, rest = bytes(whole).partition(b" ")
    return int(process), rest


@pytest.fixture
def pool() -> HelperPool:
    return HelperPool(COMMAND, 600)


@pytest.mark.parametrize("size", [0, 1, 10_000_000])
def test_one_helper_answers_each_request(pool: HelperPool, size: int) -> None:
    process, rest = answer(pool, bytes(size))
    assert rest == bytes(size)
    assert answer(pool, b"again") == (process, b"again")


def test_a_helper_has_nothing_of_its_owners_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEHCHAN_MASTER_KEY", "secret")
    told = HELPER.replace("% (os.getpid(), request)", "% (os.getpid(), ascii(dict(os.environb)).encode())")
    _, environment = answer(HelperPool([sys.executable, "-I", "-c", told], 600), b"")
    assert b"PEHCHAN" not in environment


def test_a_helper_that_ends_gives_no_answer_and_is_replaced(pool: HelperPool) -> None:
    process, _ = answer(pool, b"first")
    assert pool.ask(b"end") is None
    assert answer(pool, b"next")[0] != process


def test_a_helper_that_ended_while_it_was_idle_costs_no_answer(pool: HelperPool) -> None:
    process, _ = answer(pool, b"first")
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert answer(pool, b"next")[0] != process


def test_a_helper_that_takes_too_long_is_ended() -> None:
    assert HelperPool(COMMAND, 0.2).ask(b"stay") is None


def test_a_helper_that_cannot_start_is_no_fault_of_the_request() -> None:
    with pytest.raises(RuntimeError, match="does not start"):
        HelperPool([sys.executable, "-I", "-c", "raise SystemExit(1)"], 600).ask(b"request")


def test_threads_get_their_own_answers(pool: HelperPool) -> None:
    requests = [b"%d" % number for number in range(200)]
    with ThreadPoolExecutor(4) as threads:
        assert [rest for _, rest in threads.map(lambda request: answer(pool, request), requests)] == requests


def test_a_helper_ends_with_its_pool() -> None:
    pool = HelperPool(COMMAND, 600)
    process, _ = answer(pool, b"first")
    del pool
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def owner(rest: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", OWNER + rest, HELPER]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, start_new_session=True
    )


def test_no_helper_outlives_a_killed_owner() -> None:
    with owner('pool.ask(b"first"); print("asked", flush=True); signal.pause()') as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"asked\n"
        process.kill()
        assert process.stderr.read() == b""


def test_an_interrupt_reaches_the_owner_alone() -> None:
    script = """
process, _, _ = bytes(pool.ask(b"first")).partition(b" ")
print("asked", flush=True)
sys.stdin.readline()
assert bytes(pool.ask(b"next")) == process + b" next"
"""
    with owner(script) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"asked\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(b"\n") == (b"", b"")
        assert process.returncode == 0


def test_a_fork_has_helpers_of_its_own() -> None:
    script = """
process, _, _ = bytes(pool.ask(b"first")).partition(b" ")
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
    assert bytes(pool.ask(b"next")) == process + b" next"
else:
    assert not bytes(pool.ask(b"forked")).startswith(process + b" ")
"""
    with owner(script) as process:
        assert process.communicate() == (b"", b"")
        assert process.returncode == 0
