"""Figures for Prometheus. Labels are kinds, stages, routes and codes: never a person, a record, a client or a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.observability.warnings import LeftOut
from api.operations.work_queue import Work
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import SearchOutcome, WorkStage
from biometrics.use_cases.engine.engine import Engine

SECONDS = (0.005, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.7, 1, 2, 4, 8, 15, 30, 60, 120)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # others may be anything at all
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

    def watch(self, engine: Engine, work: Work) -> None:
        """Read the sizes of this engine, and the running and waiting work, at each scrape."""
        self.registry.register(_Sizes(engine, work))

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

    def __init__(self, engine: Engine, work: Work) -> None:
        self._engine = engine
        self._work = work
        self._turn = threading.Lock()  # simultaneous scrapes query the database one after another

    def describe(self) -> list[Metric]:
        """Say that registering needs no look at the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Look."""
        yield GaugeMetricFamily("pehchan_work_running", "Searches and enrolments that run", self._work.running)
        yield GaugeMetricFamily("pehchan_work_waiting", "Searches and enrolments that wait", self._work.waiting)
        size = GaugeMetricFamily("pehchan_index_templates", "Templates that can be found", labels=("modality",))
        lag = GaugeMetricFamily("pehchan_index_lag", "Changes of the database not in the index", labels=("modality",))
        answers = GaugeMetricFamily("pehchan_database_up", "Whether the database answers: 1 or 0")
        with self._turn, suppress(StoreUnavailable):
            for modality, channel in self._engine.channels.items():
                size.add_metric((modality,), len(channel.gallery))
                lag.add_metric((modality,), self._engine.lag(modality))
            yield GaugeMetricFamily("pehchan_records", "People on record", self._engine.store.record_count())
            left_out = LeftOut.of(self._engine)
            unreadable, unchecked = left_out.templates, left_out.checks
            unsearchable = GaugeMetricFamily(
                "pehchan_people_unsearchable",
                "People without a template of the model in force, 10,000 at most",
                labels=("modality",),
            )
            for modality, people in left_out.people_of.items():
                unsearchable.add_metric((modality,), people)
            yield unsearchable
            yield GaugeMetricFamily("pehchan_templates_unreadable", "Templates that cannot be decrypted", unreadable)
            yield GaugeMetricFamily("pehchan_checks_without_model", "Checks that wait for another model", unchecked)
            yield CounterMetricFamily("pehchan_audit_entries", "Audit entries", self._engine.store.audit_length())
            answers.add_metric((), 1)
        if not answers.samples:
            answers.add_metric((), 0)
        yield from (size, lag, answers)
