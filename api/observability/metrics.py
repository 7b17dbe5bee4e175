"""Figures for Prometheus. Labels are kinds, stages, routes and codes: never a person, a record, a client or a file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.observability.warnings import LeftOut
from api.operations.background import Background
from api.operations.work_queue import Work
from biometrics.jobs.model import TaskState
from biometrics.jobs.reader import TaskReader
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import SearchOutcome, WorkStage
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.watchlist.checks import CheckReader

SECONDS = (0.005, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.7, 1, 2, 4, 8, 15, 30, 60, 120)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # others may be anything at all
DATABASE_SECONDS: Final = 5.0  # that a scrape waits for the database
QUALITIES = tuple(range(10, 101, 10))


class Metrics:
    """All that is counted by one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "pehchan_request_seconds",
            "Time from the first byte of a request to the last of its answer",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "pehchan_stage_seconds", "Time of a stage", ("stage",), buckets=SECONDS, registry=self.registry
        )
        self._searches = Counter(
            "pehchan_searches",
            "Searches by what was sent and how they ended",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self._quality = Histogram(
            "pehchan_sample_quality",
            "Quality of the samples sent for enrolment, 0 to 100",
            ("modality",),
            buckets=QUALITIES,
            registry=self.registry,
        )
        self._turned_away = Counter(
            "pehchan_turned_away", "Requests not taken, by the code of the answer", ("code",), registry=self.registry
        )
        for stage in WorkStage:  # there from the start, so that a rate has something to begin with
            self._stages.labels(stage)
        for modality in Modality.registered():
            self._quality.labels(modality)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).observe(seconds)

    @contextmanager
    def stage(self, stage: WorkStage) -> Iterator[None]:
        """Time a stage; one that fails counts, too."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._stages.labels(stage).observe(time.perf_counter() - began)

    def searched(self, modalities: Collection[Modality], outcome: SearchOutcome) -> None:
        """Count a search; its kind names the modalities, as in `face` or `face+fingerprint`."""
        self._searches.labels("+".join(sorted(modalities)) or "none", outcome).inc()

    def assessed(self, modality: Modality, quality: int) -> None:
        """Count a quality."""
        self._quality.labels(modality).observe(quality)

    def turned_away(self, code: str) -> None:
        """Count a request that was not taken."""
        self._turned_away.labels(code).inc()

    def watch(self, engine: Engine, work: Work, background: Background, folders: Mapping[str, Path]) -> None:
        """Read at each scrape the sizes of this engine, its work, its loops and the disks of some folders."""
        self.registry.register(_Sizes(engine, work, background, folders))

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[None]:
        """Answer GET /metrics on an address of its own, from a thread of its own: also when all else is busy."""
        server, thread = start_http_server(port, host, self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Sizes(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, engine: Engine, work: Work, background: Background, folders: Mapping[str, Path]) -> None:
        self._engine, self._work, self._background = engine, work, background
        self._folders = folders
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")  # simultaneous scrapes share one look
        self._look: Future[list[Metric]] | None = None

    def describe(self) -> list[Metric]:
        """Say that registering needs no look at the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Look; a database that does not answer in time leaves out what it has to say, and no more."""
        yield GaugeMetricFamily("pehchan_work_running", "Searches and enrolments that run", self._work.running)
        yield GaugeMetricFamily("pehchan_work_waiting", "Searches and enrolments that wait", self._work.waiting)
        yield from self._of_machine()
        stored: list[Metric] = []
        with suppress(StoreUnavailable, TimeoutError):
            if self._look is None or self._look.done():
                self._look = self._thread.submit(lambda: list(self._of_database()))
            stored = self._look.result(DATABASE_SECONDS)
        yield GaugeMetricFamily("pehchan_database_up", "Whether the database answers: 1 or 0", bool(stored))
        yield from stored

    def _of_machine(self) -> Iterator[Metric]:
        failing = GaugeMetricFamily(
            "pehchan_background_failing_seconds", "How long a background loop has failed; 0: it works", labels=("loop",)
        )
        for loop in self._background.loops:
            since = loop.failure.since if loop.failure else None
            failing.add_metric((loop.name,), (datetime.now(UTC) - since).total_seconds() if since else 0)
        free = GaugeMetricFamily("pehchan_disk_free_bytes", "Free space of the disk of a folder", labels=("folder",))
        for name, folder in self._folders.items():
            with suppress(OSError):  # readiness says what is wrong with it
                free.add_metric((name,), shutil.disk_usage(folder).free)
        yield from (failing, free)

    def _of_database(self) -> Iterator[Metric]:
        store = self._engine.store
        size = GaugeMetricFamily("pehchan_index_templates", "Templates that can be found", labels=("modality",))
        lag = GaugeMetricFamily("pehchan_index_lag", "Changes of the database not in the index", labels=("modality",))
        for modality, channel in self._engine.channels.items():
            size.add_metric((modality,), len(channel.gallery))
            lag.add_metric((modality,), self._engine.lag(modality))
        left_out = LeftOut.of(self._engine)
        unsearchable = GaugeMetricFamily(
            "pehchan_people_unsearchable",
            "People without a template of the model in force, 10,000 at most",
            labels=("modality",),
        )
        for modality, people in left_out.people_of.items():
            unsearchable.add_metric((modality,), people)
        yield from (size, lag, unsearchable)
        unreadable, unchecked = left_out.templates, left_out.checks
        yield GaugeMetricFamily("pehchan_templates_unreadable", "Templates that cannot be decrypted", unreadable)
        yield GaugeMetricFamily("pehchan_checks_without_model", "Checks that wait for another model", unchecked)
        checks = CheckReader(store.database).count()
        yield GaugeMetricFamily("pehchan_checks_waiting", "Enrolments not checked for duplicates yet", checks)
        tasks = GaugeMetricFamily("pehchan_tasks", "Tasks and deliveries that are not done", labels=("state",))
        unfinished = TaskReader(store.database, store.keys).count_unfinished()
        for state in TaskState:
            if state is not TaskState.COMPLETED:
                tasks.add_metric((state.lower(),), unfinished.get(state, 0))
        yield tasks
        last = GaugeMetricFamily(
            "pehchan_last_run_timestamp_seconds",
            "When the last backup was finished, and the last retention run began; 0: never",
            labels=("operation",),
        )
        for operation, action in (("backup", Action.BACKED_UP), ("retention", Action.RETENTION_RUN)):
            at = store.last_entry(action)
            last.add_metric((operation,), at.timestamp() if at else 0)
        yield last
        yield GaugeMetricFamily("pehchan_records", "People on record", store.record_count())
        yield CounterMetricFamily("pehchan_audit_entries", "Audit entries", store.audit_length())
