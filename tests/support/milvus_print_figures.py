"""Print the figures of prints in Milvus, of docs/decisions/0010-print-vector.md.

usage: python tests/support/milvus_print_figures.py PRINTS SEARCHES DIR[:PPI] ...

Each DIR is a folder of real prints <finger>_<impression>.<ext>, as `pehchan bench search --prints` takes them; the
other PRINTS are generated. What is lost is measured on the NumPy oracle, which compares the same vectors as Milvus
without its wait for each mate that is added; what a search of the index takes, on a real Milvus server.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import os
import sys
import time

import milvus_server
import numpy as np
from milvus_figures import seal, timed
from milvus_indexes import new_name
from vector_oracle import VectorOracle

from api.settings import Settings
from api.wiring import calibration_of, model_registry, vectors_of
from benchmarks.search import curves
from benchmarks.search.gallery import PrintGallery
from benchmarks.search.prints import Mates, Searcher, measure, single_fingers, ten_prints
from biometrics.labels import EVERYBODY, Filter
from biometrics.ports import SearchIndex
from biometrics.types import FingerPosition
from fingerprint.recogniser import FingerprintRecogniser
from index.feature_sets import FeatureSetIndex
from index.milvus_index import SETTLING, MilvusIndex

SHORTLISTS = (200, 1000, 5000)
TIMED = 30  # searches of the index alone
THUMB = Filter(positions=frozenset({FingerPosition.RIGHT_THUMB}))


def known(mates: Mates) -> Mates:
    """Say of the probe and of its mate which finger it is."""
    return Mates(
        *({FingerPosition.RIGHT_THUMB: prints[FingerPosition.UNKNOWN]} for prints in (mates.probes, mates.stored))
    )


def main(count: int, searches: int, folders: list[str]) -> None:
    settings = Settings()
    recogniser = FingerprintRecogniser(model_registry(settings), prepared_kept=0)
    calibration = calibration_of(recogniser, settings)
    threads = os.cpu_count() or 1
    real = curves.impressions(recogniser, folders, threads)
    unknown = single_fingers(real, searches)
    kinds = {
        "one print of an unknown finger": unknown,
        "one print of a known finger": [known(mates) for mates in unknown],
        "ten prints of one person": ten_prints(real, max(1, searches // 10)),
    }
    indexes: dict[str, SearchIndex] = {"codes": FeatureSetIndex(), "vectors": VectorOracle(vectors_of(recogniser))}
    print("| search | index | shortlist | lost | p50 without the index' server, ms |\n|---|---|---|---|---|")
    for name, index in indexes.items():
        gallery = PrintGallery(index, recogniser.model)
        gallery.fill(count, threads)
        for shortlist in SHORTLISTS if name == "vectors" else SHORTLISTS[:1]:
            searcher = Searcher(gallery, recogniser, calibration, shortlist)
            for kind, people in kinds.items():
                figure = measure(gallery, searcher, kind, people)
                lost = f"{figure.lost} of {figure.mated}: {100 * figure.lost / figure.mated:.2f} %"
                print(f"| {kind} | {name} | {shortlist} | {lost} | {figure.p50_ms:.0f} |", flush=True)
    probes = [recogniser.features(mates.probes[FingerPosition.UNKNOWN]) for mates in unknown[:TIMED]]
    vectors = vectors_of(recogniser)
    with milvus_server.running() as server:
        milvus = MilvusIndex(server.url, new_name(), vectors.dimension, vectors.space, vectors.made)
        gallery = PrintGallery(milvus, recogniser.model)
        gallery.fill(count, threads)
        print(f"\nMilvus took {count} prints at {count / gallery.build_s:.0f} a second\n")
        seal(server.url, milvus)
        time.sleep(SETTLING)
        print("| hits | of everybody, ms | of one finger in ten, ms |\n|---|---|---|")
        for hits in (20, *SHORTLISTS, 16_384):
            times = [
                np.median([timed(lambda: milvus.search(probe, hits, where)) for probe in probes]) * 1000  # noqa: B023
                for where in (EVERYBODY, THUMB)
            ]
            print(f"| {hits} | {times[0]:.1f} | {times[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
