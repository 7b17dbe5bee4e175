"""A real `pehchan serve` in a process of its own, with an account for the benchmark."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from api.accounts.factory import accounts_of
from api.cli.operator import operated_store, operator
from api.settings import Settings
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import NotFound

START_SECONDS = 600
LOGIN = "benchmark"
UNLIMITED = {  # all clients here are one, to the server; at a station they are many
    "PEHCHAN_CLIENT_WORK": "1000000",
    "PEHCHAN_CLIENT_REQUESTS": "1000000",
    "PEHCHAN_REQUESTS_PER_MINUTE": "1000000",
    "PEHCHAN_FIELD_CHECKS_PER_HOUR": "1000000",
}


class Server:
    """A running server, and how to ask it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, key: str) -> None:
        self._process = process
        self.port = port
        self._key = key

    def client(self, proxy_port: int = 0) -> BenchmarkClient:
        """Return a connection of its own; through a proxy, where one is named."""
        return BenchmarkClient(proxy_port or self.port, self._key)

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def resident_mb(self) -> float:
        """Return the memory that the process holds (Linux)."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        return 0.0


class BenchmarkClient:
    """Sends one search at a time, each on a new connection, because a server closes idle ones after seconds."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {key}"}

    def search(self, request: tuple[str, bytes]) -> tuple[int, str, bytes]:
        """Return status, Retry-After and content of the answer."""
        return self.send("/api/v1/identify", request)

    def send(
        self, path: str, request: tuple[str, bytes], headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Return the same of a request (content type, body) to another path."""
        kind, body = request
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)) as connection:
            connection.request("POST", path, body, {**self._headers, "Content-Type": kind, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Retry-After", ""), answer.read()


@contextmanager
def running(settings: Settings, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server on a data folder until it answers, and stop it in the end."""
    key = _key(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [str(Path(sys.executable).with_name("pehchan")), "serve", "--port", str(port)]
    with log.open("wb") as output:
        places = {
            "PEHCHAN_DATA_FOLDER": str(settings.data_folder),
            "PEHCHAN_DATABASE_URL": settings.database_url,
            "PEHCHAN_IMAGES_URL": settings.images_url,
            "PEHCHAN_VECTORS_URL": settings.vectors_url,
            "PEHCHAN_CLUSTER_URL": settings.cluster_url,
        }
        whole = {**os.environ, **UNLIMITED, **places, **(environment or {})}
        process = subprocess.Popen(command, env=whole, stdout=output, stderr=output)  # noqa: S603
        try:
            _wait(process, port, log)
            yield Server(process, port, key)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


def _key(settings: Settings) -> str:
    """Make an API key for a program of the national bureau that may search."""
    with operated_store(settings) as store:
        accounts, act = accounts_of(settings, store), operator()
        try:
            accounts.users.find(act, LOGIN)
        except NotFound:
            accounts.add_user(act, NewUser(LOGIN, "pehchan bench api", frozenset({Role.MACHINE_CLIENT}), Unit()))
        _, text = accounts.add_key(act, LOGIN, NewApiKey("benchmark", timedelta(hours=12)))
        return text


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended: {log.read_text()[-2000:]}")
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The server did not start in time.")
