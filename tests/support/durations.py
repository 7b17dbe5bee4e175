"""How long tests take: what was stored, what is left of a run, and which long tests have no stored duration.

usage: durations.py    fails where tests/durations.json names a test that is gone
"""

from __future__ import annotations

import ast
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
STORED: Final = ROOT / "tests" / "durations.json"  # written by `scripts/test --all --store-durations`
LONG: Final = 0.5  # seconds: a test that takes longer is in the second tier, unless it is marked `essential`
LONG_FILE: Final = 0.8  # seconds: where short tests take longer on average, what they share takes long
TYPICAL: Final = 0.3  # seconds of a test whose file has no stored duration
INTERVAL: Final = 20  # seconds between two lines that say how far a run is


def name_of(node_id: str) -> str:
    """Return the name of a test without its parameters."""
    return node_id.partition("[")[0]


def file_of(node_id: str) -> str:
    """Return the file of a test."""
    return node_id.partition("::")[0]


class Durations:
    """Stored durations in seconds: `tests` has the long ones by their ids, `files` the mean of all others of a file."""

    def __init__(self) -> None:
        stored = json.loads(STORED.read_text())
        self.tests: dict[str, float] = stored["tests"]
        self.files: dict[str, float] = stored["files"]

    def is_long(self, node_id: str) -> bool:
        """Say whether a test, or what it shares with the others of its file, takes long."""
        return node_id in self.tests or self.files.get(file_of(node_id), 0) > LONG_FILE

    def expected(self, node_id: str) -> float:
        """Return how many seconds a test is expected to take, with its fixtures."""
        return self.tests.get(node_id, self.files.get(file_of(node_id), TYPICAL))

    def store(self, calls: Mapping[str, float], means: Mapping[str, float]) -> None:
        """Store the calls of the tests that ran, and the mean of each file; those of others stay."""
        self.tests |= calls
        self.files |= means
        gone = names_without_a_test(self.tests)
        stored = {
            "files": {file: round(self.files[file], 3) for file in sorted(self.files) if (ROOT / file).is_file()},
            "tests": {
                name: round(self.tests[name], 1)
                for name in sorted(self.tests)
                if name not in gone and self.tests[name] > LONG
            },
        }
        STORED.write_text(json.dumps(stored, indent=0) + "\n")


def names_without_a_test(names: Iterable[str]) -> list[str]:
    """Return the names of tests that no file has any more."""
    functions: dict[str, set[str]] = {}
    for file in {file_of(name) for name in names}:
        path = ROOT / file
        tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
        functions[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return sorted(name for name in names if name_of(name).rpartition("::")[2] not in functions[file_of(name)])


class Progress:
    """Writes how far a run is and about how long it still takes; at its end, long tests without a stored duration."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._durations = Durations()
        self._total = self._done = 0  # tests
        self._expected = self._expected_of_done = 0.0  # seconds
        self._started = self._last_line = time.monotonic()
        self._calls: dict[str, float] = {}  # seconds of each test without its fixtures
        self._short: dict[str, float] = defaultdict(float)  # seconds of each file without its long calls
        self._counts: Counter[str] = Counter()  # tests of each file
        self._later: set[str] = set()  # tests that are marked for a later tier

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._begin([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        if not self._total:
            self._begin(ids)

    def _begin(self, ids: Sequence[str]) -> None:
        self._total = len(ids)
        self._expected = sum(self._durations.expected(node_id) for node_id in ids)
        self._started = self._last_line = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name, file = report.nodeid, file_of(report.nodeid)
        if report.when == "call" and "essential" not in report.keywords:
            self._calls[name] = report.duration
        if "slow" in report.keywords or "reach" in report.keywords:
            self._later.add(name)
        if report.when != "call" or report.duration <= LONG:
            self._short[file] += report.duration
        if report.when == "teardown":
            self._counts[file] += 1
            self._done += 1
            self._expected_of_done += self._durations.expected(report.nodeid)
            self._write_progress()

    def _write_progress(self) -> None:
        now = time.monotonic()
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None or now - self._last_line < INTERVAL:
            return
        self._last_line = now
        left = (self._expected - self._expected_of_done) * (now - self._started) / self._expected_of_done
        reporter.ensure_newline()
        reporter.write_line(f"{self._done:,} of {self._total:,} tests, about {left / 60:.1f} minutes left")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._config.getoption("--store-durations"):
            self._durations.store(self._calls, {file: self._short[file] / self._counts[file] for file in self._counts})
        elif unknown := self._long_without_duration():
            terminalreporter.section("long tests without a stored duration")
            terminalreporter.write_line(
                "Make each shorter, mark it `slow` or `reach`, or store: scripts/test --store-durations FILE"
            )
            for name in unknown:
                terminalreporter.write_line(f"{self._calls[name]:6.1f} s  {name}")

    def _long_without_duration(self) -> list[str]:
        """Return names; how long is too long grows with how much slower this run is than the stored one."""
        stored = self._durations.tests
        ratios = [seconds / stored[name] for name, seconds in self._calls.items() if name in stored]
        limit = LONG * max(median(ratios), 1) if ratios else LONG
        return sorted(
            name
            for name, seconds in self._calls.items()
            if name not in stored and name not in self._later and seconds > limit
        )


if __name__ == "__main__":
    if without := names_without_a_test(Durations().tests):
        sys.exit("\n".join(f"tests/{STORED.name} names a test that is gone: {name}" for name in without))
