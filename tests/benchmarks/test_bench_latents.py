"""Latents are searched among their mates and strangers, and what cannot be read counts as missed."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from inputs import Run, print_of
from models_examples import leader_weights
from PIL import Image

from fingerprint.synthetic.files import write_latents
from models.leader.weights import named_arrays, read_weights

pytestmark = pytest.mark.reach

FINGERS = ("right_thumb", "right_index", "left_middle")


@pytest.fixture(scope="module")
def latents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make latents of three fingers, one of which stands on its head, and one latent that shows nothing."""
    folder = tmp_path_factory.mktemp("latents")
    for number, finger in enumerate(FINGERS):
        (folder / finger).mkdir()
        (folder / finger / "sensor.png").write_bytes(print_of(0, finger, 0))
        (folder / finger / "latent.png").write_bytes(print_of(0, finger, 1))
        if number == 0:
            turned = Image.open(folder / finger / "latent.png").rotate(180)
            turned.save(folder / finger / "latent.png", dpi=(500, 500))
    (folder / "blank").mkdir()
    (folder / "blank" / "sensor.png").write_bytes(print_of(0, "left_index", 0))
    Image.new("L", (300, 300), 255).save(folder / "blank" / "latent.png")
    (folder / "README.txt").write_text("not a finger")
    return folder


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strangers")
    for finger in FINGERS[:2]:
        (folder / f"{finger}_1.png").write_bytes(print_of(1, finger, 0))
    return folder


def test_bench_latents_searches_each_latent(run: Run, latents: Path, strangers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    code, output, errors = run("bench", "latents", latents, "--gallery", strangers, "--json", out)
    assert code == 0, errors
    assert "FNIR at FPIR 1 %" in output
    assert "0 to 19 minutiae" in output
    figures = json.loads(out.read_text())
    assert (figures["n"], figures["gallery"], figures["failed"], figures["failed_mates"]) == (4, 6, 1, 0)
    assert (figures["rank1"], figures["rank5"], figures["rank20"]) == (75.0, 75.0, 75.0)
    assert (figures["fnir_at_fpir_1e2"], figures["fnir_at_fpir_1e1"]) == (25.0, 25.0)
    assert 0 < figures["ms_extraction"] < figures["ms_per_search"]
    assert set(figures["seconds"]) == {"prints", "gallery", "searches"}
    assert sum(row["n"] for row in figures["by_minutiae"]) == 4
    blank = figures["by_minutiae"][0]
    assert (blank["from"], blank["n"], blank["rank20"]) == (0, 1, 0.0)
    assert "0.1 to 0.2 square inches" in output
    assert sum(row["n"] for row in figures["by_area"]) == 4
    blank = figures["by_area"][0]
    assert (blank["from"], blank["n"], blank["rank20"]) == (0, 1, 0.0)
    assert figures["by_class"] == []
    assert "f1" not in figures


def test_bench_latents_shows_two_networks_by_class(run: Run, tmp_path: Path) -> None:
    folder, file, out, each = (tmp_path / name for name in ("latents", "same.npz", "out.json", "each.json"))
    folder.mkdir()
    assert len(list(write_latents(folder, count=3, seed=700_000, workers=1))) == 3
    np.savez(file, min_quality=0.2, **named_arrays(read_weights(leader_weights())))
    code, output, errors = run("bench", "latents", folder, "--network", file, "--json", out, "--per-latent", each)
    assert code == 0, errors
    assert output.count("precision") == 2
    figures = json.loads(out.read_text())
    other = figures["with_network"]
    assert sum(row["n"] for row in figures["by_class"]) == 3
    assert 0.1 < figures["f1"] == pytest.approx(other["f1"], abs=0.05)  # the steps in bytes make a small difference
    assert [row["class"] for row in figures["by_class"]] == [row["class"] for row in other["by_class"]]
    latents = json.loads(each.read_text())
    assert [row["rank"] for row in latents["latents"]] == [row["rank"] for row in latents["with_network"]]
    file.write_bytes(b"no weights")
    code, _, errors = run("bench", "latents", folder, "--network", file)
    assert code != 0
    assert "not a file of arrays (.npz)" in errors


def test_bench_latents_searches_among_generated_prints_by_the_index(
    run: Run, latents: Path, strangers: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    options = ("--gallery", strangers, "--generated", 500, "--shortlist", 20, "--json", out)
    code, _, errors = run("bench", "latents", latents, *options)
    assert code == 0, errors
    figures = json.loads(out.read_text())
    assert (figures["n"], figures["gallery"], figures["failed"], figures["lost"]) == (4, 506, 1, 0)
    assert figures["rank1"] == 75.0
    code, _, errors = run("bench", "latents", latents, "--generated", 500, "--shortlist", 1, "--json", out)
    assert code == 0, errors
    figures = json.loads(out.read_text())
    assert figures["rank1"] + 25.0 * figures["lost"] == 75.0  # a mate that the index names alone is the first


def test_bench_latents_shows_what_the_service_loses(run: Run, latents: Path, strangers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    code, output, errors = run("bench", "latents", latents, "--gallery", strangers, "--through-service", "--json", out)
    assert code == 0, errors
    assert "0 mates are on no list" in output
    figures = json.loads(out.read_text())
    assert (figures["n"], figures["prints"], figures["lost"]) == (4, 6, [])
    assert figures["through_service"] == figures["exact"]
    assert (figures["exact"]["rank1"], figures["exact"]["fnir_at_fpir_2e2"]) == (75.0, 25.0)


def test_a_latent_is_searched_with_the_region_that_is_suggested(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "latents"
    for finger in FINGERS[:2]:
        (folder / finger).mkdir(parents=True)
        (folder / finger / "sensor.png").write_bytes(print_of(0, finger, 0))
        whole = Image.open(io.BytesIO(print_of(0, finger, 1))).convert("L")
        paper = Image.new("L", (2 * whole.width, whole.height), 255)
        paper.paste(whole, (0, 0))
        paper.paste(whole.crop((120, 150, 240, 270)), (whole.width + 130, 120))
        paper.save(folder / finger / "latent.png", dpi=(500, 500))
    areas = {}
    for region in ("whole", "suggested", "both"):
        code, _, errors = run("bench", "latents", folder, "--region", region, "--json", tmp_path / "out.json")
        assert code == 0, errors
        figures = json.loads((tmp_path / "out.json").read_text())
        assert figures["rank1"] == 100.0
        areas[region] = figures["mean_minutiae"]
    assert areas["suggested"] < areas["whole"] == areas["both"]


def test_folders_of_one_finger_are_no_strangers_of_each_other(run: Run, latents: Path, tmp_path: Path) -> None:
    folder = tmp_path / "latents"
    for name in ("one", "two"):  # the same finger, so that the better of the two mates comes first for both
        (folder / name).mkdir(parents=True)
        (folder / name / "latent.png").write_bytes(print_of(0, "right_index", 1))
        (folder / name / "sensor.png").write_bytes(print_of(0, "right_index", 0 if name == "one" else 2))
    shutil.copytree(latents / "left_middle", folder / "three")
    ranks = []
    for options in ((), ("--same", "one,two")):
        code, _, errors = run("bench", "latents", folder, *options, "--json", tmp_path / "out.json")
        assert code == 0, errors
        ranks.append(json.loads((tmp_path / "out.json").read_text())["rank1"])
    assert ranks == [66.6667, 100.0]
    code, _, errors = run("bench", "latents", folder, "--same", "one,four")
    assert code == 2
    assert "four" in errors


def test_each_latent_is_searched_among_the_others(run: Run, latents: Path, tmp_path: Path) -> None:
    folder = tmp_path / "latents"
    for finger in FINGERS:
        (folder / finger).mkdir(parents=True)
        shutil.copy(latents / finger / "latent.png", folder / finger / "latent.png")
        (folder / finger / "second.png").write_bytes(print_of(0, finger, 2))
    Image.new("L", (300, 300), 255).save(folder / FINGERS[2] / "second.png")
    (folder / "stranger").mkdir()
    (folder / "stranger" / "latent.png").write_bytes(print_of(1, FINGERS[0], 1))
    out = tmp_path / "out.json"
    code, _, errors = run("bench", "latent-links", folder, "--json", out)
    assert code == 0, errors
    figures = json.loads(out.read_text())
    assert (figures["latents"], figures["failed"]) == (7, 1)
    assert {name: (rule["n"], rule["rank1"]) for name, rule in figures["rules"].items()} == dict.fromkeys(
        ("one turned", "better of both", "mean of both"), (6, 66.6667)
    )
    (folder / "again").mkdir()
    (folder / "again" / "latent.png").write_bytes(print_of(1, FINGERS[0], 2))
    code, _, errors = run("bench", "latent-links", folder, "--same", "stranger,again", "--json", out)
    assert code == 0, errors
    assert json.loads(out.read_text())["rules"]["better of both"]["n"] == 8
