"""The benchmark of searches measures a divided index as it does the embedded one, and compares both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import ray_clusters
from calibrations import made_calibration
from ray_clusters import shared_cluster
from search_indexes import labels_of, minutiae

from benchmarks.search import curves, prints
from benchmarks.search.curves import IN_EMBEDDED
from benchmarks.search.engines import ComparedIndex
from biometrics.kernel.types import Template
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.synthetic.mates import mate_with_origins
from fingerprint.synthetic.templates import synthetic_template
from models.registry import ModelRegistry

IDS = np.arange(50)


@pytest.mark.reach
def test_the_benchmark_counts_the_hits_of_the_embedded_index_that_the_partitions_find(tmp_path: Path) -> None:
    with ray_clusters.ray_environment():
        compared = ComparedIndex(1, tmp_path, shared_cluster().address)
    compared.add(IDS, [minutiae(n) for n in range(50)], labels_of(IDS))
    assert compared.remove(np.array([3])) == 1
    assert len(compared) == 49
    probes = [minutiae(1), minutiae(2)]
    assert compared.recall(probes, 50) == (98, 98)
    compared._divided.remove(np.array([1, 4]))
    assert compared.recall(probes, 50) == (94, 98)
    compared._divided.drop()


@pytest.mark.reach
def test_the_table_of_a_divided_index_has_what_that_of_the_embedded_one_has(tmp_path: Path) -> None:
    """All its searches, beside the same ones in the embedded index, and the recall against it."""
    recogniser = FingerprintRecogniser(ModelRegistry(tmp_path / "models"))
    calibration = made_calibration(FINGERPRINT, recogniser.model, ((0.0, 0.0), (1.0, 200.0)), 10.0)
    rng = np.random.default_rng(4)
    real = [
        [
            Template(
                FINGERPRINT,
                recogniser.model,
                encode(mate_with_origins(synthetic_template(finger), rng, 0.5)[0]),
                None,
            )
            for _ in range(2)
        ]
        for finger in range(10)
    ]
    with ray_clusters.ray_environment():
        divided = ComparedIndex(2, tmp_path, shared_cluster().address)
    of_divided, embedded = (
        {figure.what: figure for figure in curves.of_prints(recogniser, calibration, real, [300], 20, 40, index, 300)}
        for index in (divided, None)
    )
    searches = {prints.UNKNOWN_FINGER, prints.KNOWN_FINGER, prints.TEN_PRINTS}
    assert of_divided.keys() == embedded.keys() - {prints.SNAPSHOT_LOADED} | {prints.RECALLED} | {
        f"{what}{IN_EMBEDDED}" for what in searches
    }
    for what in searches:
        expected = (embedded[what].mated, embedded[what].lost)
        assert expected[0] > 0
        for figure in (of_divided[what], of_divided[f"{what}{IN_EMBEDDED}"]):
            assert (figure.mated, figure.lost) == expected
            assert figure.cpu_ms > 0
        assert of_divided[what].resident_mb > 0
    recall = of_divided[prints.RECALLED]
    assert (recall.mated, recall.lost) == (10 * 40, 0)
    divided._divided.drop()
