"""A real `pehchan serve` in a process of its own, which a test can kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
from fork_server import ForkedCommand
from officers import OfficerOverHttp, key_for

from api.settings import Settings

START_SECONDS = 300  # on a machine that is busy with other tests


_held: list[socket.socket] = []  # until this process ends


def free_port() -> int:
    """Return a port for a server of this process: no other is given it, from now on and between a stop and a start.

    A socket that does not listen holds it, which SO_REUSEADDR, as servers set it, lets a server listen beside.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _held.append(held)
    return int(held.getsockname()[1])


class Server:
    """A running server; `url` is where it answers, `http` an officer who asks, `log` what it said.

    `settings` are of the environment.
    """

    def __init__(
        self,
        data_folder: Path,
        database_url: str,
        settings: Mapping[str, str],
        port: int = 0,
        *,
        program: Sequence[str | Path] = (),
    ) -> None:
        port = port or free_port()
        self.root = f"http://127.0.0.1:{port}"
        self.url = f"{self.root}/api/v1"
        environment = os.environ | {"PEHCHAN_DATA_FOLDER": str(data_folder), "PEHCHAN_DATABASE_URL": database_url}
        environment |= settings
        own = {name.removeprefix("PEHCHAN_").lower(): value for name, value in settings.items()}
        store = Settings(data_folder=data_folder, database_url=database_url, _env_file=None, **own)
        self.http = OfficerOverHttp(key_for(store))
        environment["PEHCHAN_REQUESTS_PER_MINUTE"] = "1000000"
        self._log_path = data_folder.parent / "server.log"
        arguments = ["serve", "--port", str(port)]
        start = partial(_started, program) if program else ForkedCommand
        self._process = start(arguments, environment, self._log_path)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        with httpx.Client(verify=False) as http:  # reading all certificates takes long
            while time.monotonic() < deadline:
                assert self._process.poll() is None, f"the server ended: {self.log}"
                try:
                    if http.get(f"{self.url}/health").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        self.kill()
        raise AssertionError("the server did not start in time")

    def kill(self) -> None:
        """Kill -9: no clean-up runs."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator does."""
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(START_SECONDS) == 0

    def memory(self) -> int:
        """Return how much it has in memory, in kB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    @property
    def log(self) -> str:
        """All that it has written."""
        return self._log_path.read_text()


def _started(
    program: Sequence[str | Path], arguments: list[str], environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("a") as output:
        return subprocess.Popen([*program, *arguments], env=environment, stdout=output, stderr=output)


@contextmanager
def running(
    data_folder: Path,
    database_url: str = "",
    *,
    port: int = 0,
    installed: bool = False,
    program: Sequence[str | Path] = (),
    **settings: str,
) -> Iterator[Server]:
    """Run a server for a while, with some PEHCHAN_ settings, and stop it if the test did not kill it.

    It is the installed command if `installed`, or `program`, a command of another kind; otherwise a fork, which starts
    much faster (see `fork_server`).
    """
    if installed:
        program = [Path(sys.executable).with_name("pehchan")]
    named = {f"PEHCHAN_{name.upper()}": value for name, value in settings.items()}
    server = Server(data_folder, database_url, named, port, program=program)
    try:
        yield server
    finally:
        if server._process.poll() is None:
            server.stop()
