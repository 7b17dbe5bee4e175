"""NFIQ 2 is NIST's, to the last digit that NIST prints, and outlives any image."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from biometrics.imaging.image import decode
from fingerprint.nfiq2 import NO_PRINT, Nfiq2

pytestmark = pytest.mark.real_models
EXAMPLES = [f"SFinGe_Test{number:02d}" for number in range(1, 6)]
SCORE = "UnifiedQualityScore"


@pytest.fixture(scope="module")
def nfiq2() -> Nfiq2:
    return Nfiq2()


@pytest.fixture(scope="module")
def examples(shared_data: Path) -> Path:
    return shared_data / "standards" / "nfiq2" / "examples"


def published(examples: Path, name: str) -> dict[str, float]:
    lines = (examples / "output" / f"{name}_output.txt").read_text().splitlines()
    return {key: float(value) for key, value in (line.split(": ") for line in lines if line.strip())}


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_values_are_reproduced(nfiq2: Nfiq2, examples: Path, name: str) -> None:
    """NIST published the score, the actionable values and all 69 features of five images."""
    expected = published(examples, name)
    measured = nfiq2.measure(decode((examples / "images" / f"{name}.pgm").read_bytes()).grey())
    assert measured.score == expected.pop(SCORE)
    assert len(expected) == 73
    for feature, value in expected.items():
        assert measured.features[feature] == pytest.approx(value, rel=1e-5), feature


@pytest.mark.parametrize("shape", [(16, 16), (31, 400), (64, 64), (300, 300)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_image_without_a_print_scores_0(nfiq2: Nfiq2, shape: tuple[int, int], grey: int) -> None:
    assert nfiq2.measure(np.full(shape, grey, np.uint8)).score == 0


def test_ctrl_c_in_the_terminal_does_not_end_a_measurement(examples: Path) -> None:
    command = """
import os, signal, sys
from biometrics.imaging.image import decode
from fingerprint.nfiq2 import Nfiq2
grey, nfiq2 = decode(open(sys.argv[1], "rb").read()).grey(), Nfiq2()
signal.signal(signal.SIGINT, lambda *_: None)
for interrupted in (True, False):
    print(nfiq2.measure(grey).score, flush=True)
    if interrupted:
        os.killpg(0, signal.SIGINT)
"""
    image = examples / "images" / f"{EXAMPLES[0]}.pgm"
    run = subprocess.run(
        [sys.executable, "-c", command, str(image)], capture_output=True, text=True, check=True, process_group=0
    )
    assert (run.stdout.split(), run.stderr) == (["54", "54"], "")


def test_image_that_has_no_end_is_given_up_and_the_next_is_measured(examples: Path) -> None:
    """NIST's code can be kept busy for hours by a made-up image; the service must not."""
    y, x = np.mgrid[:1000, :1000]
    endless = ((x // 2 + y // 2) % 2 * 255).astype(np.uint8)
    impatient = Nfiq2(seconds=1.5)
    assert impatient.measure(endless) == NO_PRINT
    patient = Nfiq2()
    assert patient.measure(decode((examples / "images" / f"{EXAMPLES[0]}.pgm").read_bytes()).grey()).score == 54


def test_threads_get_their_own_answers(nfiq2: Nfiq2, examples: Path) -> None:
    images = [decode((examples / "images" / f"{name}.pgm").read_bytes()).grey() for name in EXAMPLES]
    with ThreadPoolExecutor(3) as pool:
        scores = [measured.score for measured in pool.map(nfiq2.measure, images)]
    assert scores == [54, 45, 53, 52, 57]
