"""Reports what the use cases do to the metrics and traces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager

from api.observability.metrics import Metrics
from api.observability.progress import report_stage
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import Observer, SearchOutcome, WorkStage


class Reporting(Observer):
    """The observer of a server; `span` opens a trace of a stage."""

    def __init__(self, metrics: Metrics, span: Callable[[str], AbstractContextManager[object]]) -> None:
        self._metrics = metrics
        self._span = span

    @contextmanager
    def stage(self, stage: WorkStage) -> Iterator[None]:
        """Time and trace a stage, and report it to a waiting client."""
        if (report := report_stage.get()) is not None:
            report(stage)
        with self._span(stage), self._metrics.stage(stage):
            yield

    def searched(self, modalities: Collection[Modality], outcome: SearchOutcome) -> None:
        """Count it."""
        self._metrics.searched(modalities, outcome)

    def assessed(self, modality: Modality, quality: int) -> None:
        """Count it."""
        self._metrics.assessed(modality, quality)
