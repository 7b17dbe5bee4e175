"""Each pair gets its own comparison's score, whatever it is compared together with."""

from __future__ import annotations

import numpy as np
import pytest
from inputs import print_of

from api.bootstrap.recognisers import open_recogniser
from api.settings import Settings
from benchmarks.runs.measure import score_identification, score_pairs
from benchmarks.runs.protocols import identification
from biometrics.imaging.image import decode
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import Recogniser
from fingerprint.modality import FINGERPRINT

SUBJECTS = ["thumb", "thumb", "index", "index", "index"]


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Recogniser:
    settings = Settings(data_folder=tmp_path_factory.mktemp("data"), _env_file=None)
    return open_recogniser(settings, FINGERPRINT)


@pytest.fixture(scope="module")
def templates(recogniser: Recogniser) -> list[Template | None]:
    """Two fingers with two impressions each, and a third impression that gave nothing."""
    prints = [print_of(1, finger, impression) for finger in ("right_thumb", "left_index") for impression in (0, 1)]
    return [*(recogniser.extract(decode(content)) for content in prints), None]


@pytest.mark.parametrize("threads", [1, 2])
def test_scores_come_in_the_order_of_the_pairs(
    recogniser: Recogniser, templates: list[Template | None], threads: int
) -> None:
    pairs = np.array([[2, 3], [0, 1], [4, 0], [2, 0], [0, 3], [1, 4]], dtype=np.int64)
    scores = score_pairs(recogniser, templates, pairs, threads)
    for (i, j), score in zip(pairs, scores, strict=True):
        probe, candidate = templates[i], templates[j]
        if probe is None or candidate is None:
            assert score == -np.inf
        else:
            assert score == recogniser.compare(probe, [candidate])[0]
    assert min(scores[:2]) > max(scores[3:5])


def test_an_identification_scores_every_probe_with_everyone(
    recogniser: Recogniser, templates: list[Template | None]
) -> None:
    scores = score_identification(recogniser, templates, identification(SUBJECTS), threads=1)
    assert scores.shape == (3, 2)  # probes: impressions 1, 3 and the one that failed
    assert scores[0, 0] > scores[0, 1]
    assert scores[1, 1] > scores[1, 0]
    assert np.all(scores[2] == -np.inf)
