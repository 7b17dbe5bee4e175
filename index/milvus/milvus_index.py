"""The distributed index: vectors and labels in a Milvus server, which several nodes share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector, StoreUnavailable
from biometrics.kernel.people.labels import LABEL, NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits
from index.milvus.collection import LOWEST, POSITIONS, START, MilvusCollection
from index.milvus.filter import expression, signed
from index.vectors import checked_batch, checked_query

MOST = 16_384  # hits of one search, by Milvus' own limit
ROWS = 1000  # written at once: 2.2 MB of 512 numbers each, where Milvus takes messages of at most 5 MB
MORE = 16  # hits asked for beyond k, among which those may be that are as good as the last one
ALIKE = np.float32(4e-7)  # scores of equal vectors may differ by this, as Milvus sums in float32 in several orders
SETTLING = 10  # seconds after which a read with five seconds of staleness sees a change


class MilvusIndex:
    """A `biometrics.matching.ports.SearchIndex` whose vectors several nodes share; a score is the inner product.

    Every node follows the database and writes what it finds there; writing the same twice changes nothing.
    A node's position is stored with the vectors, as one row for each number, so that the greatest one counts
    whatever the order of the writes: a node that starts continues from there. After a failure, or if the collection
    was recreated, a node returns to the position in Milvus, so that one that lost its data is filled again.

    Any method and `sequence` raise StoreUnavailable when Milvus does not answer, and work again once it does.
    """

    method = "milvus 1"

    def __init__(
        self,
        url: str,
        collection: str,
        dimension: int,
        model: str,
        vector: Callable[[NDArray[Any]], NDArray[np.float32]] = np.asarray,
    ) -> None:
        """Open a collection, or make it.

        Args:
            url: of the Milvus server, or the path of a milvus-lite file, which ends in .db.
            collection: its name: letters, digits and underscores.
            dimension: of every vector.
            model: what made the vectors: a recogniser's `feature_space`, with that of `vector` where one is given.
            vector: makes a vector of unit length, float32 (dimension,), of a template's features.

        Raises:
            StoreUnavailable: Milvus does not answer.
            ModelMismatch: the collection is of another model or dimension.
        """
        self._collection = MilvusCollection(url, collection, dimension, model)
        self._vector = vector
        self._opening = threading.Lock()
        self._lost = False
        self._changed, self._covered = 0.0, False
        self._counted = -1.0, 0  # when this node had last changed something, and how many there were then
        self._collection.open()
        self._sequence = self._stored_sequence()

    @property
    def sequence(self) -> int:
        """Number of the last database change that this node has applied, or found applied when it started."""
        with self._losing():
            if self._lost or not self._collection.is_the_one_opened():  # no lock is held over the network
                self._open_again()
            return self._sequence

    @sequence.setter
    def sequence(self, number: int) -> None:
        with self._losing():
            if not self._collection.is_the_one_opened():
                self._lost = True  # what was written before is not in this one: its position is unknown
                return
            zeros = dict.fromkeys(LABEL.names or (), 0)
            vector = np.zeros(self._collection.dimension, np.float32)
            self._collection.upsert([{"id": START + number, "vector": vector, **zeros}], POSITIONS)
            self._mark_changed(covered=True)
            self._sequence = number
            self._collection.delete_positions_before(START + number)

    def _open_again(self) -> None:
        """Open the collection in one thread; the others are refused meanwhile, since that may take minutes."""
        if not self._opening.acquire(blocking=False):
            raise StoreUnavailable("Milvus' collection is being opened again; send the same request again in a moment.")
        try:
            self._collection.open()
            self._sequence = min(self._sequence, self._stored_sequence())
            self._lost = False
        finally:
            self._opening.release()

    def __len__(self) -> int:
        """Count the templates held, by all nodes together; Milvus counts once after each change of this node."""
        changed, count = self._counted
        if changed != (now := self._changed):
            count = self._collection.count(self._consistency())
            self._counted = now, count
        return count

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]] | NDArray[Any], labels: Labels) -> None:
        """Add templates, replacing ids that are present.

        Raises:
            InvalidVector: features that give no vector of the dimension, or one with a NaN or infinity, an id given
                twice or below -2**61, or not one label for each id.
        """
        vectors = [self._vector(feature) for feature in features]
        ids, checked = checked_batch(ids, vectors, labels, self._collection.dimension)
        if (ids < LOWEST).any():
            raise InvalidVector(f"Milvus' index takes ids from {LOWEST} up.")
        columns = {field: labels[field].astype(signed(field)).tolist() for field in LABEL.names or ()}
        rows = [
            {"id": id_, "vector": vector, **dict(zip(columns, label, strict=True))}
            for id_, vector, label in zip(ids.tolist(), checked, zip(*columns.values(), strict=True), strict=True)
        ]
        with self._losing():
            for start in range(0, len(rows), ROWS):
                self._collection.upsert(rows[start : start + ROWS])
                self._mark_changed(covered=True)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        unique_ids, present = np.unique(np.asarray(ids, np.int64)).tolist(), 0
        with self._losing():
            for start in range(0, len(unique_ids), ROWS):
                part = unique_ids[start : start + ROWS]
                present += len(self._collection.present(part, self._consistency()))
                self._collection.delete(part)
            if unique_ids:
                self._mark_changed(covered=False)
        return present

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar templates whose labels meet a filter, best first, ties by id.

        At most `MOST` come back. What this node has applied is found, whichever node wrote it.

        Raises:
            InvalidVector: features that give no vector of the dimension, or one with a NaN or infinity.
        """
        query = checked_query(self._vector(features), self._collection.dimension)
        k = min(max(k, 0), MOST)
        limit = min(k + MORE, MOST)
        condition = expression(where)
        with self._losing():
            while k:
                results = self._collection.search(query, limit, condition, self._consistency())
                hits = _ordered(*results)
                # Where all beyond the k-th are as good as it, one with a smaller id may be among those not asked for.
                if len(hits.ids) < limit or hits.scores[-1] < hits.scores[k - 1] or limit == MOST:
                    return Hits(hits.ids[:k], hits.people[:k], hits.scores[:k])
                limit = min(2 * limit, MOST)
        return _ordered([], [], [])

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return the ids of `ids` whose templates are in the index."""
        unique_ids, present = np.unique(np.asarray(ids, np.int64)).tolist(), []
        with self._losing():
            for start in range(0, len(unique_ids), ROWS):
                present += self._collection.present(unique_ids[start : start + ROWS], self._consistency())
        return present

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what writes nothing: what Milvus has answered, it has stored."""
        return lambda: None

    def clear(self) -> None:
        """Drop all data, the sequence too, and start over; no other node may be at work."""
        with self._losing():
            self._collection.drop()
            self._collection.open()
            self._sequence = 0

    def _stored_sequence(self) -> int:
        """Return the highest sequence number of any node."""
        self._mark_changed(covered=False)  # by other nodes, an instant ago for all we know
        return max((id_ - START for id_ in self._collection.positions()), default=0)

    def _mark_changed(self, *, covered: bool) -> None:
        self._changed, self._covered = time.monotonic(), covered

    def _consistency(self) -> str:
        """Return how fresh an answer must be so that it holds every change applied.

        A strong one waits for Milvus' next time tick, some 0.2 s. One of the session waits until our last upsert is in
        it, which is nearly always; but Milvus does not know in a session when our last deletion was.
        """
        if time.monotonic() - self._changed > SETTLING:
            return "Bounded"
        return "Session" if self._covered else "Strong"

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """Remember a failure, after which nothing is known of what Milvus holds."""
        try:
            yield
        except StoreUnavailable:
            self._lost = True
            raise


def _ordered(ids: Sequence[int], people: Sequence[int], scores: Sequence[float]) -> Hits:
    """Return hits, given best first, with the scores of equal vectors made equal, and ties by id."""
    rounded = np.array(scores, np.float32)
    starts = np.flatnonzero(np.diff(rounded, prepend=np.inf) < -ALIKE)
    level = rounded[starts].repeat(np.diff(starts, append=len(rounded))) if len(rounded) else rounded
    order = np.lexsort((np.array(ids, np.int64), -level))
    return Hits(np.array(ids, np.int64)[order], np.array(people, np.int64)[order], level[order])
