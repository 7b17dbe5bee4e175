"""A generated finger is its seed's own, and the same one every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np

from fingerprint.synthetic import Finger, Pattern

DIGEST = (
    "import hashlib; from fingerprint.synthetic import Finger; finger = Finger.generate({seed}); "
    "print(hashlib.sha256(finger.master.tobytes() + finger.impression(2).tobytes()).hexdigest())"
)


def test_master_and_impression_have_the_size_of_a_plain_live_scan() -> None:
    finger = Finger.generate(1)
    impression = finger.impression(0)
    assert (finger.master.shape, finger.master.dtype) == ((448, 352), np.uint8)
    assert (impression.shape, impression.dtype) == ((400, 300), np.uint8)


def test_a_seed_gives_the_same_finger_in_another_process() -> None:
    finger = Finger.generate(7)
    here = hashlib.sha256(finger.master.tobytes() + finger.impression(2).tobytes()).hexdigest()
    environment = os.environ | {"PYTHONHASHSEED": "4711", "OMP_NUM_THREADS": "1"}
    there = subprocess.run(
        [sys.executable, "-c", DIGEST.format(seed=7)], capture_output=True, text=True, check=True, env=environment
    )
    assert there.stdout.strip() == here


def test_making_impressions_in_another_order_changes_none_of_them() -> None:
    finger = Finger.generate(7)
    first, second = finger.impression(0), finger.impression(1)
    again = Finger.generate(7)
    assert np.array_equal(again.impression(1), second)
    assert np.array_equal(again.impression(0), first)


def test_other_seeds_give_other_ridges() -> None:
    masters = [Finger.generate(seed, {Pattern.RIGHT_LOOP: 1}).master.ravel() for seed in range(6)]
    correlations = np.corrcoef(masters)[np.triu_indices(6, 1)]
    assert np.abs(correlations).max() < 0.2


def test_the_noise_of_an_impression_is_not_shared_between_fingers() -> None:
    corners = [Finger.generate(seed).impression(0)[:25, :25].ravel() for seed in range(6)]
    correlations = np.corrcoef(corners)[np.triu_indices(6, 1)]
    assert np.abs(correlations).max() < 0.5
