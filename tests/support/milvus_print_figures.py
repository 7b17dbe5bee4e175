"""Print the figures of prints in Milvus, of docs/decisions/0010-print-vector.md.

usage: python tests/support/milvus_print_figures.py PRINTS SEARCHES DIR[:PPI] ...

Each DIR is a folder of real prints <finger>_<impression>.<ext>, as `pehchan bench search --prints` takes them; the
other PRINTS are generated. A mate counts where its exact score is above what anybody of as many real prints is expected
to reach, and is lost where the index does not name it among those to be compared exactly. Losses are counted on the
NumPy oracle, which holds the same vectors as Milvus, and need not wait for each mate to be searchable; times are those
of a real Milvus server, whose answers are compared with the oracle's.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import milvus_server
import numpy as np
from milvus_figures import seal
from milvus_indexes import new_name
from numpy.typing import NDArray
from vector_oracle import VectorOracle

from api.bootstrap.recognisers import calibration_of, model_registry
from api.settings import Settings
from benchmarks.runs.template_cache import CACHE
from benchmarks.search import curves
from benchmarks.search.gallery import FINGERS, PrintGallery, labels
from benchmarks.search.prints import EXPECTED, Mates, single_fingers, ten_prints
from biometrics.kernel.labels import NO_FILTER, Filter, Labels
from biometrics.kernel.types import FingerPosition
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.fusion import fuse
from biometrics.matching.ports import SearchIndex
from biometrics.matching.ranking import LEAST_HITS
from biometrics.matching.shortlist import most_alike
from fingerprint.recogniser import FingerprintRecogniser
from index.feature_sets import FeatureSetIndex
from index.milvus.milvus_index import MOST, SETTLING, MilvusIndex

SHORTLISTS = (200, 1000, 5000)
TIMED = 30  # searches of the index alone


class All(list[Any]):
    """Indexes that are filled together."""

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        for index in self:
            index.add(ids, features, labels)


def where(position: FingerPosition) -> Filter:
    return Filter(positions=frozenset({position})) if position else NO_FILTER


def known(mates: Mates) -> Mates:
    """Say of the probe and of its mate which finger it is."""
    sides = (mates.probes, mates.stored)
    return Mates(*({FingerPosition.RIGHT_THUMB: prints[FingerPosition.UNKNOWN]} for prints in sides))


class Losses:
    """Counts which mates an index does not name."""

    def __init__(self, recogniser: FingerprintRecogniser, count: int) -> None:
        self._recogniser = recogniser
        self._count = count
        self._calibration = calibration_of(recogniser, Settings())

    def certain(self, mates: Mates) -> bool:
        """Say whether the exact matcher tells the mates from everybody in a gallery of real prints."""
        raw = [self._recogniser.compare(probe, [mates.stored[at]])[0] for at, probe in mates.probes.items()]
        compared = self._count if FingerPosition.UNKNOWN in mates.probes else self._count // FINGERS
        threshold = threshold_for_fpir(EXPECTED, compared)
        return fuse([self._calibration.score(float(item)) for item in raw]).decibans > threshold

    def loses(self, index: SearchIndex, mates: Mates, shortlist: int) -> bool:
        first = -(-self._count // FINGERS) * FINGERS
        ids = np.array([first + max(int(position), 1) - 1 for position in mates.stored])
        index.add(ids, [self._recogniser.features(item) for item in mates.stored.values()], labels(ids))
        each = max(LEAST_HITS, shortlist // len(mates.probes))
        features = {position: self._recogniser.features(probe) for position, probe in mates.probes.items()}
        results = [index.search(its, each, where(position)) for position, its in features.items()]
        index.remove(ids)
        return not np.isin(np.concatenate(most_alike(results, shortlist)), ids).any()


def main(count: int, searches: int, folders: list[str]) -> None:
    settings = Settings()
    recogniser = FingerprintRecogniser(model_registry(settings), prepared_kept=0)
    vectors, threads = recogniser.vectors, os.cpu_count() or 1
    real = curves.impressions(recogniser, folders, threads, settings.data_folder / CACHE)
    with milvus_server.running(as_shipped=True) as server:
        codes, oracle = FeatureSetIndex(), VectorOracle(vectors)
        milvus = MilvusIndex(server.url, new_name(), vectors.dimension, vectors.space, vectors.vector_of)
        gallery = PrintGallery(All([codes, oracle, milvus]), recogniser.model)  # type: ignore[arg-type]
        gallery.fill(count, threads)
        print_losses(Losses(recogniser, count), {"codes": codes, "vectors": oracle}, real, searches)
        seal(server.url, milvus)
        time.sleep(SETTLING)
        print("\n| hits | of everybody, ms | of one finger in ten, ms |\n|---|---|---|")
        probes = [recogniser.features(finger[0]) for finger in real[:TIMED]]
        for hits in (LEAST_HITS, *SHORTLISTS, MOST):
            times = [timed(milvus, oracle, probes, hits, at) for at in (FingerPosition(0), FingerPosition(1))]
            print(f"| {hits} | {times[0]:.1f} | {times[1]:.1f} |", flush=True)


def print_losses(losses: Losses, indexes: dict[str, SearchIndex], real: curves.Impressions, searches: int) -> None:
    unknown = single_fingers(real, searches)
    kinds = {
        "one print of an unknown finger": unknown,
        "one print of a known finger": [known(mates) for mates in unknown],
        "ten prints of one person": ten_prints(real, max(1, searches // 10)),
    }
    print("| search | index | shortlist | lost |\n|---|---|---|---|")
    for kind, people in kinds.items():
        certain = [mates for mates in people if losses.certain(mates)]
        for name, index in indexes.items():
            for shortlist in SHORTLISTS if name == "vectors" else SHORTLISTS[:1]:
                lost = sum(losses.loses(index, mates, shortlist) for mates in certain)
                share = 100 * lost / max(1, len(certain))
                print(f"| {kind} | {name} | {shortlist} | {lost} of {len(certain)}: {share:.1f} % |", flush=True)


def timed(
    milvus: MilvusIndex, oracle: VectorOracle, probes: list[NDArray[Any]], hits: int, position: FingerPosition
) -> float:
    """Return the median of some searches in milliseconds."""
    seconds = []
    for probe in probes:
        start = time.perf_counter()
        result = milvus.search(probe, hits, where(position))
        seconds.append(time.perf_counter() - start)
        expected = oracle.search(probe, hits, where(position))
        np.testing.assert_allclose(result.scores, expected.scores, atol=1e-5)
    return float(np.median(seconds)) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
