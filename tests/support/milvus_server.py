"""A real standalone Milvus server on this machine, which a test can kill and start again.

The PyPI package `milvus` carries the server's binary, needs nothing of the system beyond glibc, and is unpacked once
into a cache folder.
"""

from __future__ import annotations

import fcntl
import lzma
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from server import free_port

REQUIREMENT = (
    "milvus==2.3.5 --hash=sha256:69515a0630ce29fd10e101fa442afea8ca1387b93a456cd9bd41fdf3deb93d04"  # x86-64 only
)
START_SECONDS = 120  # killed before, it first waits until what it held is free again
PORTS = (
    "etcd_port",
    "root_coord_port",
    "proxy_port",
    "proxy_internal_port",
    "query_coord_port",
    "query_node_port",
    "index_coord_port",
    "index_node_port",
    "data_coord_port",
    "data_node_port",
    "etcd_peer_port",
    "metrics_port",
)
# How long Milvus waits between two looks at what there is to do, in milliseconds, and after a kill until what it held
# is free again, in seconds: every collection that a test makes and every fresh answer waits as long.
WAITS = {
    "  ttl: 30 #": "  ttl: 6 #",
    "timeTickInterval: 200": "timeTickInterval: 20",
    "distPullInterval: 500": "distPullInterval: 50",
    "checkInterval: 1000": "checkInterval: 100\n  checkSegmentInterval: 50\n  checkChannelInterval: 50",
}
ETCD = """name: default
listen-client-urls: http://127.0.0.1:{etcd_port}
advertise-client-urls: http://127.0.0.1:{etcd_port}
listen-peer-urls: http://127.0.0.1:{etcd_peer_port}
initial-advertise-peer-urls: http://127.0.0.1:{etcd_peer_port}
initial-cluster: default=http://127.0.0.1:{etcd_peer_port}
"""


def unpacked() -> Path:
    """Return the folder with the server's binary, its libraries and its configuration template; make it if absent."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pehchan"
    folder = caches / "milvus-2.3.5"
    caches.mkdir(parents=True, exist_ok=True)
    with (caches / "milvus.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=caches) as work:
                _unpack(Path(work), Path(work) / "ready")
                (Path(work) / "ready").rename(folder)
    return folder


def _unpack(work: Path, ready: Path) -> None:
    (work / "requirement.txt").write_text(REQUIREMENT)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    arguments = [
        "--require-hashes",
        "--only-binary=:all:",
        "--target",
        work / "package",
        "-r",
        work / "requirement.txt",
    ]
    subprocess.run([*pip, *arguments], check=True)
    data = work / "package" / "milvus" / "data"
    ready.mkdir()
    for packed in (data / "bin").glob("*.lzma"):
        with lzma.open(packed) as source, (ready / packed.stem).open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        (ready / packed.stem).chmod(0o755)
    for name in ("config.yaml.template", "glog.conf"):
        shutil.copy(data / name, ready)


class MilvusServer:
    """A server on free ports of the loopback interface; `url` is where clients reach it.

    Its waits are shorter than Milvus' own, unless it is to be `as_shipped`.
    """

    def __init__(self, folder: Path, as_shipped: bool = False) -> None:
        self._folder = folder
        self._waits = {} if as_shipped else WAITS
        self._binaries = unpacked()
        self._ports = {name: free_port() for name in PORTS}
        self.url = f"http://127.0.0.1:{self._ports['proxy_port']}"
        self._configure()
        self.start()

    def start(self) -> None:
        """Start it, again after it was killed too, on the same ports and data; return once it answers."""
        environment = os.environ | {
            "DEPLOY_MODE": "STANDALONE",
            "METRICS_PORT": str(self._ports["metrics_port"]),
            "MILVUS_RUN_DIR": str(self._folder / "run"),
            "MILVUSCONF": str(self._folder / "configs"),
            "LD_LIBRARY_PATH": str(self._binaries),
        }
        with (self._folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "milvus", "run", "standalone"],
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._healthy():
            assert self._process.poll() is None, f"Milvus ended: {self._tail()}"
            assert time.monotonic() < deadline, f"Milvus did not start in time: {self._tail()}"
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill -9: no clean-up runs."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def suspend(self) -> None:
        """Let it fall silent without closing a connection, until `resume`."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports['metrics_port']}/healthz", timeout=5) as answer:
                return b"OK" in answer.read()
        except (urllib.error.URLError, OSError):
            return False

    def _tail(self) -> str:
        return (self._folder / "output.log").read_text(errors="replace")[-2000:]

    def _configure(self) -> None:
        """Write its configuration from the package's own template."""
        for name in ("configs", "logs", "run", "data"):
            (self._folder / name).mkdir(parents=True)
        values = {name: str(port) for name, port in self._ports.items()} | {
            "etcd_log_level": "error",
            "etcd_log_path": str(self._folder / "logs" / "etcd.log"),
            "etcd_data_dir": str(self._folder / "data" / "etcd"),
            "local_storage_dir": str(self._folder / "data"),
            "rocksmq_data_dir": str(self._folder / "data" / "rocksmq"),
            "system_log_path": str(self._folder / "logs"),
        }
        etcd = self._folder / "configs" / "etcd.yaml"
        etcd.write_text(ETCD.format(**self._ports))
        template = (self._binaries / "config.yaml.template").read_text()
        text = re.sub(r"\{\{ *(\w+)(?:\(\w+\))?(?:: *(.*?))? *\}\}", lambda m: values.get(m[1], m[2] or ""), template)
        text = re.sub(r"^  ip: .*$", "  ip: 127.0.0.1", text, flags=re.MULTILINE)
        text = text.replace("\n  data:\n    dir:", f"\n  config:\n    path: {etcd}\n  data:\n    dir:", 1)
        for shipped, quicker in self._waits.items():
            assert text.count(f"\n  {shipped}") == 1, shipped
            text = text.replace(f"\n  {shipped}", f"\n  {quicker}")
        (self._folder / "configs" / "milvus.yaml").write_text(text)
        shutil.copy(self._binaries / "glog.conf", self._folder / "configs")


@contextmanager
def running(as_shipped: bool = False) -> Iterator[MilvusServer]:
    """Run a server of one's own for a while, on an empty folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pehchan-milvus-"))
    try:
        server = MilvusServer(folder, as_shipped)
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_shared = ExitStack()


@cache
def shared() -> MilvusServer:
    """Return the one server that tests share that do not kill it, until `end_shared`."""
    return _shared.enter_context(running())


def end_shared() -> None:
    """End the server that tests share, where it runs: it takes a third of a core even when nobody asks it anything."""
    _shared.close()
    shared.cache_clear()
