"""A Ray cluster whose machines are nodes on this one, each with a loopback address of its own; they can fall silent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from benchmarks.search.figure import descendants
from biometrics.kernel.errors import StoreUnavailable
from index.cluster.connection import join_cluster

HEAD = 0  # holds no prints; this process joins the cluster there, as a node does
STARTS = 4
START_SECONDS = 120.0
_MARK = "PEHCHAN_BENCH_MACHINE"  # in the environment of a machine's processes
_STARTED = "Ray runtime started"
_ACCESS = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "", "RAY_worker_niceness": "0"}
# Ray's parts wait so long for each other to start.
_PATIENT = {
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_worker_register_timeout_seconds": "300",
    "RAY_agent_register_timeout_ms": "300000",
}


class Machines:
    """The machines of a cluster, by their numbers; `address` is that of the cluster."""

    def __init__(self, folder: Path) -> None:
        """Name a cluster that has no machine yet."""
        self._folder = folder
        self._name = uuid.uuid4().hex
        self._port = _free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.address = f"{_address(HEAD)}:{self._port}"

    def start(self, number: int) -> None:
        """Start a machine, the `HEAD` first. Start one at a time: two would choose the same sockets.

        Ray gives up where its helpers need more than 30 seconds, as on a loaded machine, so it is tried again.

        Raises:
            StoreUnavailable: Ray does not start.
        """
        for _ in range(STARTS):
            written = self._started(number)
            if _STARTED in written:
                return
            self._kill(self._mark(number))
        raise StoreUnavailable(f"A Ray cluster does not start on this machine: {written[-2000:]}")

    def _started(self, number: int) -> str:
        """Start a machine; return what Ray has written once it has started, or failed."""
        if number == HEAD:
            options = ["--head", "--num-cpus=0", f"--port={self._port}", f"--ray-client-server-port={_free_port()}"]
            options += [f"--temp-dir={self._folder / 'ray'}", "--include-dashboard=false", "--no-monitor"]
        else:
            options = [f"--address={self.address}", "--num-cpus=1"]
        log = self._folder / f"{number}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                [Path(sys.executable).with_name("ray"), "start", "--block", *options, *_of_machine(number)],
                env=os.environ | _PATIENT | {_MARK: self._mark(number)},
                stdout=output,
                stderr=output,
            )
        self._processes.append(process)
        end = time.monotonic() + START_SECONDS
        while _STARTED not in (written := log.read_text(errors="replace")):
            if process.poll() is not None or time.monotonic() > end:
                break
            time.sleep(0.2)
        return written

    def silence(self, number: int) -> None:
        """Let a machine not answer any more, as when its network fails: its processes are stopped, and not ended."""
        self._signal(self._mark(number), signal.SIGSTOP)

    def end(self) -> None:
        """Leave the cluster, and end all of its processes."""
        with suppress(StoreUnavailable):
            join_cluster(self.address).shutdown()
        self._kill(self._name)
        for process in self._processes:
            process.wait()

    def _mark(self, number: int) -> str:
        return f"{self._name}-{number}."

    def _kill(self, mark: str) -> None:
        while self._signal(mark, signal.SIGKILL):
            time.sleep(0.1)

    def _signal(self, mark: str, signal_: signal.Signals) -> int:
        """Send a signal to the processes of a machine, or of all; return to how many."""
        marked = []  # Ray's workers overwrite what would mark them, but they are children of what is marked
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile, or belongs to somebody else
                if f"{_MARK}={mark}".encode() in (process / "environ").read_bytes():
                    marked.append(int(process.name))
        processes = [*marked, *descendants(marked)]
        for number in processes:
            with suppress(ProcessLookupError):
                os.kill(number, signal_)
        return len(processes)


@contextmanager
def cluster_of(machines: int) -> Iterator[Machines]:
    """Start a cluster of machines, numbered from 1, which this process and its children can use."""
    before = {name: os.environ.get(name) for name in _ACCESS}
    folder = Path(tempfile.mkdtemp(prefix="pehchan-ray-"))  # the paths of sockets must be short
    cluster = Machines(folder)
    try:
        os.environ.update(_ACCESS | {"RAY_AUTH_TOKEN": uuid.uuid4().hex})
        for number in range(machines + 1):
            cluster.start(number)
        yield cluster
    finally:
        cluster.end()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        shutil.rmtree(folder, ignore_errors=True)


def _of_machine(number: int) -> list[str]:
    """Return what Ray needs to run several times on one machine: an address and a port of its own."""
    return [
        f"--node-ip-address={_address(number)}",
        f"--dashboard-agent-listen-port={_free_port()}",
        "--disable-usage-stats",
    ]


def _address(number: int) -> str:
    return f"127.0.0.{20 + number}"


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind((_address(HEAD), 0))
        return int(free.getsockname()[1])
