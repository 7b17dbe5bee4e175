"""The parts of `deploy/compose.yaml` as processes of this machine, with the commands and settings of the file.

Only what containers alone have is replaced: names of hosts, ports, folders, and the proxy's address. A part is started
and killed with all of its processes, as its container would be.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from server import free_port

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
PATIENCE = 600.0  # seconds, on a loaded machine
MARK = "PEHCHAN_TEST_PART"
_VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")

# Ray's parts wait for each other to start, for a loaded machine; nothing of it changes what the cluster does.
PATIENT_RAY = {
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_gcs_server_request_timeout_seconds": "300",
    "RAY_worker_register_timeout_seconds": "300",
    "RAY_agent_register_timeout_ms": "300000",
}


def services(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the services of the compose file with its variables filled in, as Compose does it."""

    def value(match: re.Match[str]) -> str:
        name, otherwise, default = match.groups()
        setting = variables.get(name)
        if setting is None or (not setting and otherwise in (":-", ":?")):
            assert otherwise in ("-", ":-"), f"{name}: {default}"
            return str(default)
        return setting

    return dict(yaml.safe_load(_VARIABLE.sub(value, COMPOSE.read_text()))["services"])


class Part:
    """A part of the deployment: `ready` says whether it does its work."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        ready: Callable[[], bool],
    ) -> None:
        self.name = name
        self._mark = f"{name}-{uuid.uuid4().hex}"
        folder.mkdir(parents=True, exist_ok=True)
        self._command, self._folder, self._ready = list(command), folder, ready
        programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PEHCHAN_", "AWS_", "RAY_"))}
        models = {"PEHCHAN_MODELS_FOLDER": os.environ["PEHCHAN_MODELS_FOLDER"]}
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._environment = kept | models | dict(environment) | {"PATH": programs, MARK: self._mark}

    def start(self) -> None:
        """Start it, also after it was killed; `wait` returns once it is ready."""
        if self._process is not None:
            self.kill()
        self._starts += 1
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Return once it is ready."""
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            assert self._process is not None
            assert self._process.poll() is None, f"{self.name} ended: {self.tail()}"
            assert time.monotonic() < end, f"{self.name} did not start in time: {self.tail()}"
            time.sleep(0.3)

    def restart_if_ended(self) -> None:
        """Start it again where it has ended by itself, as `restart: unless-stopped` does."""
        if self._process is not None and self._process.poll() is not None:
            self.start()

    def kill(self) -> None:
        """Kill -9 all of its processes, also those that it started and left."""
        mark = f"{MARK}={self._mark}".encode()
        alive = True
        while alive:
            alive = False
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):  # it has ended meanwhile
                    if mark in (process / "environ").read_bytes().split(b"\0"):
                        os.kill(int(process.name), signal.SIGKILL)
                        alive = True
            if self._process is not None:
                self._process.wait()

    def tail(self) -> str:
        """Return the end of what it has written since it was started last."""
        return self._log.read_text(errors="replace")[-3000:]

    @property
    def _log(self) -> Path:
        return self._folder / f"{self.name}-{self._starts}.log"

    def _is_ready(self) -> bool:
        with suppress(OSError):
            return self._ready()
        return False


def replaced(value: str, places: Mapping[str, str]) -> str:
    """Replace names of containers by places on this machine."""
    for shipped, here in places.items():
        value = value.replace(shipped, here)
    return value


def seaweedfs(service: Mapping[str, Any], folder: Path, port: int, ready: Callable[[], bool]) -> Part:
    """Return the object store as a part."""
    weed = Path(sys.executable).with_name("weed")
    (folder / "data").mkdir(parents=True)
    places = {"-dir=/data": f"-dir={folder / 'data'}", "-ip=seaweedfs": "-ip=127.0.0.1", "0.0.0.0": "127.0.0.1"}
    command = [replaced(word, places | {"-s3.port=8333": f"-s3.port={port}"}) for word in service["command"]]
    others = [f"-{each}.port={free_port()}" for each in ("master", "volume", "filer")]
    others += [f"-{each}.port.grpc={free_port()}" for each in ("master", "volume", "filer", "s3")]
    others += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    return Part("seaweedfs", [str(weed), *command, *others], service["environment"], folder, ready)


def ray_arguments(address: str) -> list[str]:
    """Return what Ray needs besides, to run several times on one machine: an address and a port of its own."""
    return [f"--node-ip-address={address}", f"--dashboard-agent-listen-port={free_port()}", "--disable-usage-stats"]
