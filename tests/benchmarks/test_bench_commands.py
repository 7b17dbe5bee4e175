"""The commands, run as their users do, on the real recognisers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from inputs import Run, print_of
from PIL import Image

from benchmarks.runs import speed
from biometrics.matching.calibration import Calibration
from biometrics.matching.likelihood import LikelihoodScale

FINGERS = ("right_thumb", "right_index", "left_middle")


@pytest.fixture(scope="module")
def prints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three generated fingers with two impressions each, and one that is blank."""
    folder = tmp_path_factory.mktemp("prints")
    for finger in FINGERS:
        for impression in (0, 1):
            (folder / f"{finger}_{impression + 1}.png").write_bytes(print_of(0, finger, impression))
    Image.new("L", (300, 300), 255).save(folder / f"{FINGERS[0]}_3.png")
    return folder


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    folder, lfw = tmp_path_factory.mktemp("faces"), shared_data / "face" / "lfw"
    people = [person for person in sorted(lfw.iterdir()) if person.is_dir() and len(list(person.iterdir())) > 1][:4]
    for person in people:
        (folder / person.name).mkdir()
        for number, photo in enumerate(sorted(person.iterdir())[:2], start=1):
            shutil.copy(photo, folder / person.name / f"{person.name}_{number:04d}.jpg")
    return folder


@pytest.mark.slow
def test_bench_fingerprint_measures_a_folder(run: Run, prints: Path, tmp_path: Path) -> None:
    code, output, _ = run("bench", "fingerprint", prints, "--json", tmp_path / "out.json")
    assert code == 0
    assert "equal error rate" in output
    figures = json.loads((tmp_path / "out.json").read_text())
    assert (figures["n_genuine"], figures["n_impostor"], figures["all_impostors"]["n_impostor"]) == (5, 3, 16)
    assert (figures["n_images"], figures["failed"]) == (7, 1)
    # Two of the five mated pairs, and one of the four probes, are of the blank impression.
    assert (figures["zero_fmr"], figures["rank1"]) == (40.0, 75.0)
    assert figures["extract_ms"] > 0
    assert figures["matches_per_s"] > 0


@pytest.mark.reach
def test_bench_quality_counts_what_enrolment_says_of_each_file(run: Run, prints: Path, tmp_path: Path) -> None:
    code, output, errors = run("bench", "quality", "--prints", prints, "--changed", "--json", tmp_path / "out.json")
    assert code == 0, errors
    sets = json.loads((tmp_path / "out.json").read_text())["sets"]
    assert len(sets) == 5  # as they are, three margins, cropped
    assert {(each["images"], sum(each["refused"].values())) for each in sets.values()} == {(7, 1)}  # the blank one
    assert "too poor" in output


@pytest.mark.reach
def test_bench_speed_compares_with_leader_as_published(
    run: Run, prints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "IMAGES", 3)
    monkeypatch.setattr(speed, "ROUNDS", 1)
    code, output, errors = run("bench", "fingerprint", prints, "--speed", "--json", tmp_path / "out.json")
    if "pip install afis" in errors:
        pytest.skip("nothing to compare with: afis is not installed")
    assert (code, "how many times faster" in output) == (0, True), errors
    figures = json.loads((tmp_path / "out.json").read_text())
    assert figures["leader_ratio"] == pytest.approx(figures["published_ms"] / figures["leader_ms"], rel=0.5)
    assert figures["extract_ms"] > figures["leader_ms"] / 2 > 0
    assert figures["matches_per_s"] > 0


@pytest.mark.reach
def test_bench_face_judges_a_pairs_list(run: Run, faces: Path, tmp_path: Path) -> None:
    a, b, c, d = sorted(person.name for person in faces.iterdir())
    lines = ["2\t1", f"{a}\t1\t2", f"{a}\t1\t{b}\t1", f"{c}\t1\t2", f"{c}\t1\t{d}\t2"]
    (tmp_path / "pairs.txt").write_text("\n".join(lines))
    assert run("bench", "face", faces, "--pairs", tmp_path / "pairs.txt", "--json", tmp_path / "out.json")[0] == 0
    figures = json.loads((tmp_path / "out.json").read_text())
    assert (figures["accuracy"], figures["n_images"], figures["n_genuine"], figures["n_impostor"]) == (100.0, 8, 2, 2)
    assert figures["n_searches"] == 4  # of everyone with two photos, listed or not
    assert "(2 folds)" in figures["accuracy_threshold"]


@pytest.mark.reach
def test_a_bad_folder_is_a_sentence_and_exit_code_2(run: Run, prints: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = tmp_path / "broken"
    shutil.copytree(prints, broken)
    (broken / f"{FINGERS[1]}_2.png").write_bytes(b"no image")
    for arguments, expected in (
        (["fingerprint", tmp_path / "absent"], "cannot be read"),
        (["fingerprint", empty], "holds no images"),
        (["face", prints], "<person>/<image>"),
        (["fingerprint", broken], f"{FINGERS[1]}_2.png cannot be read"),
        (["fingerprint", prints, "--ppi", "7"], "not a scanner's resolution"),
        (["face", prints, "--pairs", tmp_path / "absent"], "cannot be read"),
    ):
        code, _, errors = run("bench", *arguments)
        assert (code, expected in errors, "Traceback" in errors) == (2, True, False), errors


@pytest.mark.reach
def test_a_scale_of_several_populations_can_be_read_and_used(run: Run, shared_data: Path, tmp_path: Path) -> None:
    """From 120 prints of 40 people and half of three FVC sets."""
    fingerprints, base = shared_data / "fingerprint", tmp_path / "SOCOFing"
    base.mkdir()
    for path in (fingerprints / "SOCOFing").glob("1[0-3]?__?_Right_[ilt]*"):
        (base / path.name).symlink_to(path)
    arguments: list[object] = []
    for name in ("DB1_B", "DB2_B", "DB4_B"):
        folder = tmp_path / "FVC2002" / name
        folder.mkdir(parents=True)
        for path in (fingerprints / "FVC2002" / name).glob("10[1-5]_*"):
            (folder / path.name).symlink_to(path)
        arguments += ["--prints", f"{folder}:569" if name == "DB2_B" else folder]
    out, ratios = tmp_path / "scale.json", tmp_path / "ratios.json"
    code, output, errors = run("calibrate", "populations", base, *arguments, "--out", out, "--ratios", ratios)
    assert code == 0, errors
    assert "FVC2002/DB4_B, left out" in output
    calibration, of_ratios = Calibration.load(out), LikelihoodScale.load(ratios)
    for raw in (0.01, 0.05, 0.5):
        score = calibration.score(raw)
        assert score.stated <= score.decibans
        assert score.ratio is not None
        assert score.ratio <= score.stated / 10.0
        assert of_ratios.ratio(raw).low <= score.stated / 10.0


@pytest.mark.reach
def test_bench_generated_shows_and_plots_the_scores_of_different_people(run: Run, prints: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.png"
    figures = tmp_path / "figures.json"
    code, output, errors = run("bench", "generated", prints, "--out", out, "--json", figures)
    assert code == 0, errors
    for name in ("real with real", "generated with generated", "generated with real"):
        assert name in output
        assert json.loads(figures.read_text())["distributions"][name]["comparisons"] > 0
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.reach
def test_bench_evidence_compares_what_is_stated_with_strangers_and_mates(
    run: Run, prints: Path, faces: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    arguments = ("--prints", f"{prints}:500", "--faces", faces, "--json", out)
    code, output, _ = run("bench", "evidence", *arguments)
    assert code == 0
    for title in ("decibans seen", "share of mates stated", "FNIR"):
        assert title in output
    content = json.loads(out.read_text())
    rows = content["rows"]
    names = {"set", "modality", "scale", "claimed", "seen", "low", "high", "pairs", "mates_above"}
    assert all(set(row) == names for row in rows)
    shipped = [(row["set"], row["modality"], row["claimed"]) for row in rows if row["scale"] == "shipped"]
    sets = ("/".join(prints.parts[-2:]), "fingerprint"), ("/".join(faces.parts[-2:]), "face")
    assert shipped == [(*each, claimed) for each in sets for claimed in (10, 20, 30, 40)]
    assert all(set(row["mates_above"]) == {"20", "30", "40", "60"} for row in rows if row["scale"] == "shipped")
    assert {(row["fpir"], row["people"]) for row in content["fnir"]} == {
        (fpir, people) for fpir in (0.01, 0.001) for people in (1_000, 1_000_000)
    }
