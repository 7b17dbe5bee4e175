"""The searchable set of one modality's templates: an index that follows the database."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.people.labels import LABEL, NO_FILTER, Filter, Labels
from biometrics.kernel.people.templates import Change, Operation, StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import BatchIndex, BatchRecogniser, Hits, Recogniser, SearchIndex

BATCH = 1000  # changes applied at a time
READERS = min(8, os.cpu_count() or 1)  # threads that read ahead where there are more

Progress = Callable[[int, int], None]  # called with the last change applied, and the last one there was at the start


class TemplateSource(Protocol):
    """Where templates come from: `TemplateReader` or `StandingProbes`."""

    def last_sequence(self) -> int:
        """Return the number of the last change."""
        ...

    def changes_since(self, sequence: int, modality: Modality, model: str, limit: int) -> list[Change]:
        """Return the changes of one feature space after a number, oldest first, at most `limit`."""
        ...

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return templates by their ids, in that order, without those that do not exist."""
        ...

    def snapshot_secret(self) -> bytes:
        """Return the key of saved indexes, of 32 bytes."""
        ...


class _Batch(NamedTuple):
    """Changes that bring an index to a number of the change sequence: ids to remove, templates with features to add."""

    until: int
    removed: NDArray[np.int64]
    added: NDArray[np.int64]
    features: Sequence[NDArray[Any]]
    labels: Labels


class Gallery:
    """Finds templates by their features; catches up with the database's change sequence before every answer.

    The database is the truth: an index that starts empty is rebuilt by the same replay that keeps it current.
    Safe to use from many threads, which search at the same time.
    """

    def __init__(self, source: TemplateSource, recogniser: Recogniser, index: SearchIndex) -> None:
        self._source = source
        self._recogniser = recogniser
        self._index = index
        self._saved = index.sequence
        self._saved_with = source.snapshot_secret() if index.sequence else None
        self._access = _Access()
        self._saving = threading.Lock()

    @property
    def modality(self) -> Modality:
        """The modality held."""
        return self._recogniser.modality

    @property
    def index(self) -> SearchIndex:
        """The index that it keeps up to date."""
        return self._index

    @property
    def sequence(self) -> int:
        """Number of the last database change that is searchable."""
        return self._index.sequence

    @property
    def method(self) -> str:
        """How the index selects templates; see `SearchIndex`."""
        return self._index.method

    @property
    def unsaved(self) -> int:
        """By how many of the database's change numbers the index is ahead of its snapshot."""
        return self._index.sequence - self._saved

    def __len__(self) -> int:
        """Count the templates that are searchable."""
        return len(self._index)

    def catch_up(self, progress: Progress | None = None) -> None:
        """Apply every committed change that the index does not hold yet."""
        goal = self._source.last_sequence() if progress else 0
        while changes := self._changes(since := self._index.sequence):
            with closing(self._batches(changes)) as batches:
                for batch in batches:
                    with self._access.changing():
                        if self._index.sequence != since:  # another thread, or another server, was faster
                            break
                        self._apply(batch)
                    since = batch.until
                    if progress:
                        progress(since, max(goal, since))

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Find the k templates most like a probe's features, best first, among those that meet a filter."""
        self.catch_up()
        with self._access.reading():
            return self._index.search(features, k, where)

    def search_all(self, probes: Sequence[tuple[NDArray[Any], Filter]], k: int, threads: Executor) -> list[Hits]:
        """Do for each probe's features and its filter as `search` does, all on the same state of the database."""
        self.catch_up()
        with self._access.reading():
            if isinstance(self._index, BatchIndex):
                return self._index.search_all(probes, k)
            return list(threads.map(lambda probe: self._index.search(probe[0], k, probe[1]), probes))

    def ids_present(self, ids: Sequence[int]) -> list[int]:
        """Return the ids of `ids` that are searchable."""
        self.catch_up()
        with self._access.reading():
            return self._index.ids_present(np.array(ids, np.int64))

    def save(self, path: Path) -> None:
        """Write a snapshot of the index, encrypted, where anything or the key has changed since the last one.

        Searches and changes go on while it is written.
        """
        with self._saving:
            secret = self._source.snapshot_secret()
            with self._access.reading():
                sequence = self._index.sequence
                if sequence == self._saved and secret == self._saved_with and path.exists():
                    return
                write = self._index.snapshot(path, self._recogniser.feature_space, secret)
            write()
            self._saved, self._saved_with = sequence, secret

    def _changes(self, since: int) -> list[Change]:
        return self._source.changes_since(since, self._recogniser.modality, self._recogniser.model, BATCH)

    def _batches(self, changes: list[Change]) -> Generator[_Batch, None, None]:
        """Read changes and those after them; where there are many, threads read ahead of who applies them.

        What a batch holds may be newer than its changes: what changed it since follows in the sequence.
        """
        if len(changes) < BATCH:
            yield self._read(changes)
            return
        ahead: deque[Future[_Batch]] = deque()
        pool = ThreadPoolExecutor(READERS, thread_name_prefix="filling")
        try:
            while changes or ahead:
                while changes and len(ahead) <= READERS:
                    ahead.append(pool.submit(self._read, changes))
                    changes = self._changes(changes[-1].sequence) if len(changes) == BATCH else []
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _read(self, changes: Sequence[Change]) -> _Batch:
        # The last word on a template counts: it may be relabelled, then removed. An addition whose template was removed
        # since is skipped: its removal follows in the sequence. What is added again replaces what was there.
        last = {change.template_id: change.operation for change in changes}
        added = self._source.load([number for number, operation in last.items() if operation is not Operation.REMOVE])
        return _Batch(
            changes[-1].sequence,
            np.array([number for number, operation in last.items() if operation is Operation.REMOVE], np.int64),
            np.array([stored.id for stored in added], np.int64),
            self._features([stored.template for stored in added]),
            np.array([stored.label for stored in added], LABEL),
        )

    def _features(self, templates: list[Template]) -> list[NDArray[Any]]:
        if isinstance(self._recogniser, BatchRecogniser):
            return self._recogniser.features_of_all(templates)
        return [self._recogniser.features(template) for template in templates]

    def _apply(self, batch: _Batch) -> None:
        if len(batch.added):
            self._index.add(batch.added, batch.features, batch.labels)
        self._index.remove(batch.removed)
        self._index.sequence = batch.until


class _Access:
    """Many may read at a time, or one change; who wants to change comes before new readers."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._waiting = 0
        self._changing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._changing and not self._waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self._condition:
            self._waiting += 1
            try:
                self._condition.wait_for(lambda: not self._changing and not self._readers)
            finally:
                self._waiting -= 1
            self._changing = True
        try:
            yield
        finally:
            with self._condition:
                self._changing = False
                self._condition.notify_all()
