"""Generated latents lie on surfaces as in casework, and it is known where their minutiae are."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from inputs import Run

from benchmarks.search.latents import read_latents
from fingerprint.extraction.leader import detect
from fingerprint.latents.marked import read_json
from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE
from fingerprint.synthetic.finger.minutiae import master_minutiae, minutiae_in
from fingerprint.synthetic.generator import DEFAULT_CAPTURE, Finger
from fingerprint.synthetic.latent import leave
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.surfaces import Surface, surface
from fingerprint.template import MinutiaType
from models.registry import ModelRegistry


def lines(*ends: tuple[tuple[int, int], tuple[int, int]]) -> np.ndarray:
    """Draw dark lines, three pixels wide."""
    drawn = np.full((120, 120), 255, np.uint8)
    for start, end in ends:
        cv2.line(drawn, start, end, 0, 3)
    return drawn


def test_a_ridge_that_ends_has_a_minutia_that_points_along_it() -> None:
    (ending,) = master_minutiae(lines(((60, 40), (119, 40))))
    assert (ending.type, ending.y) == (MinutiaType.ENDING, 40)
    assert ending.x == pytest.approx(60, abs=3)
    assert ending.direction == pytest.approx(0, abs=0.1)


def test_a_ridge_that_forks_has_a_minutia_that_points_between_its_branches() -> None:
    (fork,) = master_minutiae(lines(((0, 60), (60, 60)), ((60, 60), (119, 30)), ((60, 60), (119, 90))))
    assert fork.type == MinutiaType.BIFURCATION
    assert (fork.x, fork.y) == (pytest.approx(60, abs=4), pytest.approx(60, abs=4))
    assert np.angle(np.exp(1j * fork.direction)) == pytest.approx(0, abs=0.15)


def test_a_break_in_a_ridge_is_no_minutia() -> None:
    assert master_minutiae(lines(((0, 60), (58, 60)), ((63, 60), (119, 60)))) == []


def test_the_known_minutiae_are_those_that_the_network_finds(registry: ModelRegistry) -> None:
    finger = Finger.generate(3)
    impression = finger.impression(2)
    print_ = cv2.GaussianBlur(255 - impression.astype(np.float32), (0, 0), 10) > 60
    inner = cv2.erode(print_.astype(np.uint8), np.ones((21, 21), np.uint8)) > 0
    known = minutiae_in(
        master_minutiae(finger.master), DEFAULT_CAPTURE.draw_placement(random_numbers(finger.seed, 3, 2)), inner
    )
    seen = detect(registry.open_session("leader"), impression, 0.35)
    x, y, direction = np.array([(each.x, each.y, each.direction) for each in known]).T
    near = np.hypot(x[:, None] - seen.x, y[:, None] - seen.y) < 9
    turn = np.abs(np.angle(np.exp(1j * (direction[:, None] - seen.direction))))
    assert len(known) > 20
    assert (near & (turn < 0.5)).any(axis=1).mean() > 0.9


@pytest.mark.parametrize("kind", Surface)
def test_a_surface_is_the_same_each_time_and_differs_by_its_seed(kind: Surface) -> None:
    first = surface(kind, random_numbers(1))
    assert first.shape == IMPRESSION_SHAPE
    assert np.array_equal(first, surface(kind, random_numbers(1)))
    assert not np.array_equal(first, surface(kind, random_numbers(2)))
    assert 30 < np.clip(first, 0, 255).mean() < 250


def test_a_latent_is_darker_where_the_finger_was() -> None:
    fingers = [Finger.generate(seed).impression(2) for seed in (1, 2)]
    latents = [leave(*fingers, random_numbers(seed)) for seed in range(6)]
    for latent in latents:
        assert latent.pixels.shape == IMPRESSION_SHAPE
        assert latent.area == pytest.approx(latent.part.sum() / 250_000)
        assert 0.02 < latent.area < 0.4
    plain = next(latent for latent in latents if not latent.overlapped and latent.surface is not Surface.FORM)
    assert plain.pixels[plain.part].mean() < plain.pixels[~plain.part].mean()
    assert len({latent.surface for latent in latents}) > 1


@pytest.mark.reach
def test_one_command_writes_pairs_for_the_benchmark_with_known_minutiae(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "pairs"
    code, output, errors = run("synth", "latents", "--count", 2, "--seed", 500_000, "--workers", 1, "--out", out)
    assert code == 0, errors
    assert "2 fingers" in output
    assert [mate.path.parent.name for mate in read_latents(out).mates] == ["1", "2"]
    for folder in (out / "1", out / "2"):
        marked = read_json((folder / "minutiae.json").read_bytes())
        assert (marked.height, marked.width) == IMPRESSION_SHAPE
        assert 5 < len(marked.minutiae) < 60
    about = json.loads((out / "2" / "latent.json").read_text())
    assert about["seed"] == 500_001
    assert about["surface"] in list(Surface)
    assert 0.02 < about["area"] < 0.4


@pytest.mark.reach
def test_a_second_latent_of_each_finger_is_written_on_request(run: Run, tmp_path: Path) -> None:
    for name, options in (("one", ()), ("two", ("--second",))):
        code, _, errors = run(
            "synth", "latents", "--count", 1, "--seed", 500_002, "--workers", 1, "--out", tmp_path / name, *options
        )
        assert code == 0, errors
    plain, pair = (tmp_path / name / "1" for name in ("one", "two"))
    assert not (plain / "second.png").exists()
    assert (
        (pair / "second.png").read_bytes() != (pair / "latent.png").read_bytes() == (plain / "latent.png").read_bytes()
    )
