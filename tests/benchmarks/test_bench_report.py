"""The report and the peers, run as their users do, on small folders."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from inputs import Run, print_of

from benchmarks.metrics.intervals import Unsupported
from benchmarks.reports import page
from benchmarks.reports.sections import ReportSection, ReportTable
from benchmarks.runs import score_files

pytestmark = pytest.mark.reach

FINGERS = ("right_thumb", "right_index", "left_middle")
PEOPLE = 3


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> dict[str, Path]:
    """Three generated fingers with eight impressions, as two sensors' folders, and three people with four photos."""
    root, lfw = tmp_path_factory.mktemp("data"), shared_data / "face" / "lfw"
    for sensor in ("one", "two"):
        (root / "prints" / sensor).mkdir(parents=True)
    for finger in FINGERS:
        for impression in range(8):
            path = root / "prints" / "one" / f"{finger}_{impression + 1}.png"
            path.write_bytes(print_of(0, finger, impression % 2))
            shutil.copy(path, root / "prints" / "two" / path.name)
    people = [person for person in sorted(lfw.iterdir()) if person.is_dir() and len(list(person.iterdir())) > 3]
    names = [person.name for person in people[:PEOPLE]]
    for person in people[:PEOPLE]:
        (root / "faces" / person.name).mkdir(parents=True)
        for number, photo in enumerate(sorted(person.iterdir())[:4], start=1):
            shutil.copy(photo, root / "faces" / person.name / f"{person.name}_{number:04d}.jpg")
    lines = [f"{names[0]}\t1\t2", f"{names[0]}\t1\t{names[1]}\t1"]
    (root / "pairs.txt").write_text("\n".join(["1", *lines]))
    return {"prints": root / "prints", "faces": root / "faces", "pairs": root / "pairs.txt"}


def test_a_report_of_everything_and_again_from_its_scores(run: Run, folders: dict[str, Path], tmp_path: Path) -> None:
    prints = folders["prints"]
    arguments = ["--prints", prints / "one", "--prints", f"{prints / 'two'}:500", "--faces", folders["faces"]]
    arguments += ["--same-finger", "prints/two/right_thumb=prints/one/right_thumb", "--no-peers", "--draws", 100]
    code, output, errors = run("bench", "report", "--out", tmp_path / "out", *arguments)
    assert code == 0, errors
    html = (tmp_path / "out" / "report.html").read_text()
    evaluation = score_files.load(tmp_path / "out" / "scores.npz")
    pooled = evaluation.part("fingerprints")[0]
    assert (pooled.subject_count, len(pooled.samples.subject)) == (5, 48)
    assert len(evaluation.part("chimeras of one finger")) == 3
    assert "not supported: needs 100,000 non-mated comparisons" in html
    assert html.count("data:image/svg+xml;base64,") >= 3
    assert not re.findall(r"""(?:src|href)=["']?https?:""", html)
    assert "One to one" in output
    assert "Likelihood ratios" in html

    stored = ["--from", tmp_path / "out" / "scores.npz", "--draws", 100]
    code, _, errors = run("bench", "report", "--out", tmp_path / "again", *stored)
    assert code == 0, errors
    assert (tmp_path / "again" / "report.html").read_text() == html


def test_galleries_of_real_prints(run: Run, folders: dict[str, Path], tmp_path: Path) -> None:
    prints = ["--prints", folders["prints"] / "one", "--prints", f"{folders['prints'] / 'two'}:500"]
    code, _, errors = run("bench", "fpir", *prints, "--json", tmp_path / "fpir.json")
    assert code == 0, errors
    rows = json.loads((tmp_path / "fpir.json").read_text())["rows"]
    assert {row["set"] for row in rows} >= {"prints/one", "prints/two", "the 2 sets above with one sensor each"}
    assert {row["verdict"] for row in rows if row["target"] == 0.001} == {"too few searches"}


def test_peers_are_run_on_the_same_pairs(run: Run, folders: dict[str, Path], tmp_path: Path) -> None:
    arguments = ["--prints", folders["prints"] / "one", "--faces", folders["faces"], "--pairs", folders["pairs"]]
    arguments += ["--peer", "nbis", "--peer", "dlib", "--non-mated", 5, "--draws", 100, "--out", tmp_path / "peers"]
    code, output, errors = run("bench", "report", "--only-peers", *arguments, "--json", tmp_path / "p.json")
    assert code == 0, errors
    tables = json.loads((tmp_path / "p.json").read_text())["tables"]
    assert "NBIS: mindtct, bozorth3" in " ".join(cell for table in tables for row in table["rows"] for cell in row)
    ours, nbis = score_files.load(tmp_path / "peers/scores.npz").part("fingerprints, beside peers")
    assert ours.pairs.tolist() == nbis.pairs.tolist()
    assert len(ours.pairs) == 3 * 28 + 5
    assert "NBIS: mindtct, bozorth3" in output
    assert "dlib" in output  # run, or said to be absent


def test_a_page_escapes_what_it_shows() -> None:
    table = ReportTable(["<head>"], [["a & b"], [Unsupported(2, 1, "<trials>")]])
    html = page._section(ReportSection("<title>", [table], "<note>"))
    assert "<h2>&lt;title&gt;</h2>" in html
    assert "<td>a &amp; b</td>" in html
    assert '<td class="refused">not supported: needs 2 &lt;trials&gt;, has 1</td>' in html
    assert "<note>" not in html
