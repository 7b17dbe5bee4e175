"""Print the figures of docs/decisions/0009-milvus.md: a real Milvus server on this machine, and the oracle beside it.

usage: python tests/support/milvus_figures.py VECTORS [EF]: with EF, on a graph (HNSW) searched that widely.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import milvus_server
import numpy as np
from milvus_indexes import MODEL, new_name
from numpy.typing import NDArray

from biometrics.kernel.labels import LABEL, NO_FILTER, Filter, Labels, code_number
from biometrics.kernel.person import Sex
from index.exact import ExactIndex
from index.milvus import collection as milvus_collection
from index.milvus.milvus_index import SETTLING, MilvusIndex

DIMENSION = 128
BATCH = 1000  # as biometrics.matching.gallery adds them
PROBES = 100  # of each kind, fewer where the oracle would take long
STATIONS = 1000
RARE, SELDOM = f"S{STATIONS - 1}", frozenset(f"S{number}" for number in range(50))
FILTERS = {
    "none": NO_FILTER,
    "a sex, 1 in 2": Filter(sexes=frozenset({Sex.FEMALE})),
    "50 stations, 1 in 20": Filter(stations=SELDOM),
    "a station, 1 in 1000": Filter(stations=frozenset({RARE})),
}

# By filter and kind of probe: the probes, and the ids of the oracle's best of each.
Answers = dict[tuple[str, str], tuple[NDArray[np.float32], list[NDArray[np.int64]]]]


def units(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    vectors = rng.standard_normal((count, DIMENSION), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def labelled(rng: np.random.Generator, count: int) -> Labels:
    labels = np.zeros(count, LABEL)
    labels["person"] = np.arange(count)
    labels["sex"] = rng.integers(0, 2, count)
    labels["station"] = np.array([code_number(f"S{n}") for n in range(STATIONS)], np.uint64)[
        np.arange(count) % STATIONS
    ]
    return labels


def mates(rng: np.random.Generator, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return second photos: at a cosine of some 0.66, as SFace's are in the mean on LFW."""
    noisy = vectors + units(rng, len(vectors)) * np.float32(1.14)
    return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def rows(index: MilvusIndex, answers: Answers) -> Iterator[str]:
    """Yield a row for each filter, kind of probe and k: the time, and what of the oracle's answer is found."""
    for (name, kind), (probes, expected) in answers.items():
        for k in (10, 1000):
            seconds, first, share = [], [], []
            for probe, ids in zip(probes, expected, strict=True):
                start = time.perf_counter()
                hits = index.search(probe, k, FILTERS[name])
                seconds.append(time.perf_counter() - start)
                first.append(ids[0] in hits.ids)
                share.append(np.isin(ids[:k], hits.ids).mean())
            ms = np.median(seconds) * 1000
            yield f"| {name} | {kind} | {k} | {ms:.1f} | {np.mean(first):.3f} | {np.mean(share):.4f} |"


def main(count: int) -> None:
    rng = np.random.default_rng(1)
    vectors, labels, ids = units(rng, count), labelled(rng, count), np.arange(count)
    few = min(PROBES, 10_000_000 // count)
    probes = {"mates": mates(rng, vectors[rng.choice(count, few, replace=False)]), "strangers": units(rng, few)}
    oracle = ExactIndex(DIMENSION)
    oracle.add(ids, vectors, labels)
    answers: Answers = {
        (name, kind): (some, [oracle.search(probe, 1000, where).ids for probe in some])
        for name, where in FILTERS.items()
        for kind, some in probes.items()
    }
    with milvus_server.running(as_shipped=True) as server:
        index = MilvusIndex(server.url, new_name(), DIMENSION, MODEL)
        parts = [slice(start, start + BATCH) for start in range(0, count, BATCH)]
        seconds = [timed(lambda part=part: index.add(ids[part], vectors[part], labels[part])) for part in parts]
        print(f"{count} vectors added at {count / sum(seconds):.0f} a second, in batches of {BATCH}")
        again = [timed(lambda part=part: index.add(ids[part], vectors[part], labels[part])) for part in parts[:20]]
        print(f"written again at {20 * BATCH / sum(again):.0f} a second")
        median = np.median([seconds_until_found(index, vectors, labels, n) for n in range(20)])
        print(f"one added, and found: {median * 1000:.0f} ms")
        for state in ("as added", "sealed and indexed"):
            print(f"\n{state}\n\n| filter | probes | k | p50, ms | first found | of the k |\n|---|---|---|---|---|---|")
            time.sleep(SETTLING + 1)  # so that no search waits for a time tick
            for row in rows(index, answers):
                print(row, flush=True)
            seal(server.url, index)


def seconds_until_found(index: MilvusIndex, vectors: NDArray[np.float32], labels: Labels, row: int) -> float:
    def action() -> None:
        index.add(np.array([row]), vectors[row : row + 1], labels[row : row + 1])
        assert index.search(vectors[row], 1).ids.tolist() == [row]

    return timed(action)


def seal(url: str, index: MilvusIndex) -> None:
    from pymilvus import MilvusClient

    client, name = MilvusClient(url), index._collection.name
    client.flush(name)
    while client.describe_index(name, "vector")["pending_index_rows"]:
        time.sleep(1)
    time.sleep(10)  # until the nodes have taken the index over


if __name__ == "__main__":
    if len(sys.argv) > 2:
        graph = {"index_type": "HNSW", "params": {"M": 16, "efConstruction": 200}}
        milvus_collection.INDEX |= graph
        milvus_collection.SEARCH["params"] = {"ef": int(sys.argv[2])}
    main(int(sys.argv[1]))
