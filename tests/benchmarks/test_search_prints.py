"""The print search benchmark searches for real mates as identification does, and counts its losses honestly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibrations import made_calibration
from inputs import Run, print_of
from numpy.typing import NDArray

from benchmarks.search import curves
from benchmarks.search.figure import SearchFigure
from benchmarks.search.gallery import FIRST_SEED, PrintGallery, labels
from benchmarks.search.prints import Searcher, measure, single_fingers, ten_prints
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import Hits
from fingerprint.codec import decode, encode
from fingerprint.features import features
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic import synthetic_template
from fingerprint.synthetic.mates import mate_with_origins
from index.feature_sets import FeatureSetIndex

MODEL = "ab" * 32


def template(data: bytes) -> Template:
    return Template(FINGERPRINT, MODEL, data, None)


def fingers(count: int, impressions: int) -> list[list[Template]]:
    """Make impressions that differ half as much as is usual, so that every one finds every other one."""
    rng = np.random.default_rng(4)
    return [
        [template(encode(mate_with_origins(synthetic_template(n), rng, 0.5)[0])) for _ in range(impressions)]
        for n in range(count)
    ]


class CodesOnly:
    """A recogniser whose exact score is the likeness of codes: quick, and the same for every pair of templates."""

    def features(self, template: Template) -> NDArray[np.void]:
        return features(decode(template.data))

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        index = FeatureSetIndex()
        index.add(
            np.arange(len(candidates)), [self.features(each) for each in candidates], labels(np.arange(len(candidates)))
        )
        hits = index.search(self.features(probe), len(candidates))
        scores = np.zeros(len(candidates))
        scores[hits.ids] = hits.scores
        return scores


CALIBRATION = made_calibration(FINGERPRINT, MODEL, ((0.0, 0.0), (100.0, 200.0), (1000.0, 2000.0)), 10.0)


@pytest.fixture(scope="module")
def gallery() -> PrintGallery:
    made = PrintGallery(FeatureSetIndex(), MODEL)
    made.fill(1000, workers=1)
    return made


@pytest.fixture
def real_prints(tmp_path: Path) -> Path:
    folder = tmp_path / "real"
    folder.mkdir()
    for finger in ("right_thumb", "right_index"):
        for impression in (0, 1):
            (folder / f"{finger}_{impression + 1}.png").write_bytes(print_of(0, finger, impression))
    return folder


@pytest.mark.reach
def test_prints_beyond_the_generated_ones_are_assembled_of_them() -> None:
    made = PrintGallery(FeatureSetIndex(), MODEL, generated=200)
    made.fill(250, workers=1)
    made.fill(270, workers=1)
    assert len(made.index) == len(made) == 270
    for finger in (5, 200, 249, 269):
        stored = decode(made.template(finger).data)
        mine = made.index.search(features(stored), 1)
        assert mine.ids.tolist() == [finger]
    codes = np.concatenate([features(synthetic_template(FIRST_SEED + n))["code"] for n in range(200)])
    parts = made._parts
    assert parts is not None
    for print_ in parts.features(np.arange(200, 270)):
        assert np.isin(print_["code"], codes).all()


def searcher(gallery: PrintGallery, shortlist: int = 40) -> Searcher:
    return Searcher(gallery, CodesOnly(), CALIBRATION, shortlist, threads=2)  # type: ignore[arg-type]


def test_every_impression_searches_for_every_other_one() -> None:
    made = fingers(12, 3)
    assert len(single_fingers(made, 10_000)) == 12 * 3 * 2
    assert len(single_fingers(made, 7)) == 7
    people = ten_prints(made, 10_000)
    assert len(people) == 3 * 2
    assert all(len(person.probes) == len(person.stored) == 10 for person in people)
    assert all(person.probes[at] is not person.stored[at] for person in people for at in person.probes)
    assert ten_prints(fingers(9, 2), 5) == []


@pytest.mark.reach
def test_mates_are_found_and_leave_the_gallery_as_it_was(gallery: PrintGallery) -> None:
    single = measure(gallery, searcher(gallery), "one", single_fingers(fingers(6, 2), 100))
    ten = measure(gallery, searcher(gallery), "ten", ten_prints(fingers(10, 2), 100))
    assert (single.searches, single.mated, single.lost) == (12, 12, 0)
    assert (ten.searches, ten.mated, ten.lost) == (2, 2, 0)
    assert len(gallery.index) == len(gallery) == 1000


@pytest.mark.reach
def test_a_mate_that_the_index_does_not_name_is_lost(gallery: PrintGallery, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gallery.index.search

    def without_mates(*arguments: Any) -> Hits:
        hits = whole(*arguments)
        return Hits(*(part[hits.ids < 1000] for part in hits))

    monkeypatch.setattr(gallery.index, "search", without_mates)
    figure = measure(gallery, searcher(gallery), "one", single_fingers(fingers(3, 2), 100))
    assert (figure.mated, figure.lost) == (6, 6)


@pytest.mark.reach
def test_a_mate_that_others_would_score_above_is_not_counted(gallery: PrintGallery) -> None:
    weak = made_calibration(FINGERPRINT, MODEL, ((0.0, 0.0), (10_000.0, 1.0)), 1e9)
    first = Searcher(gallery, CodesOnly(), weak, 40, threads=1)  # type: ignore[arg-type]
    figure = measure(gallery, first, "one", single_fingers(fingers(3, 2), 100))
    assert (figure.searches, figure.mated, figure.lost) == (6, 0, 0)


def test_a_figure_is_reached_when_all_its_targets_are() -> None:
    figure = SearchFigure("x", 10, 5, 9.0, 10.0, 1000, 2, 1.0, 1.0, p50_target_ms=9.0, lost_target=0.002)
    assert figure.reached
    assert not replace(figure, lost=3).reached
    assert not replace(figure, lost=0, mated=0).reached
    assert not replace(figure, p50_ms=9.1).reached
    assert replace(figure, p50_ms=99.0, p50_target_ms=None).reached


def test_memory_of_a_person_is_of_ten_prints_and_a_photo() -> None:
    blank = SearchFigure("", 0, 1, 0, 0, 0, 0, 0, 0)
    prints = replace(blank, what="one print", gallery=1_000_000, resident_mb=1000.0)
    face = replace(blank, what="face, mated", gallery=1_000_000, resident_mb=200.0)
    assert curves.person_kb([prints, face, replace(prints, gallery=10, resident_mb=900)]) == pytest.approx(10.2)
    assert curves.person_kb([face]) is None
    assert curves.person_kb([face, replace(prints, resident_mb=-2.0)]) is None, "memory that others freed"


@pytest.mark.reach
def test_the_command_measures_faces_and_prints(run: Run, tmp_path: Path, real_prints: Path) -> None:
    arguments = ("--fingers", 1000, "--faces", 1000, "--searches", 3, "--prints", f"{real_prints}:500")
    code, output, _ = run("bench", "search", *arguments, "--json", tmp_path / "s.json", "--out", tmp_path / "s.png")
    assert code == 0, output
    figures = json.loads((tmp_path / "s.json").read_text())["figures"]
    [single] = [figure for figure in figures if figure["what"] == "one print of an unknown finger"]
    assert (single["gallery"], single["searches"], single["lost"]) == (1000, 3, 0)
    assert single["p50_ms"] > 0
    assert {"add a print", "remove a print", "save a snapshot", "load a snapshot"} < {
        figure["what"] for figure in figures
    }
    [known] = [figure for figure in figures if figure["what"] == "one print of a known finger"]
    assert (known["gallery"], known["searches"], known["lost"]) == (1000, 3, 0)
    assert known["cpu_ms"] > 0
    assert (tmp_path / "s.png").stat().st_size > 1000


@pytest.mark.reach
def test_a_curve_ends_at_the_largest_gallery_and_goes_on_after_an_interruption(
    run: Run, tmp_path: Path, real_prints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "FACES", (1000, 2000, 3000))
    monkeypatch.setattr(curves, "FINGERS", (1000, 1500, 3000))
    measure_changes = curves.prints.measure_changes

    def interrupted(gallery: PrintGallery, *arguments: Any) -> list[SearchFigure]:
        if len(gallery) == 1500:
            raise KeyboardInterrupt
        return measure_changes(gallery, *arguments)

    monkeypatch.setattr(curves.prints, "measure_changes", interrupted)
    file = tmp_path / "curve.json"
    arguments = ["--curve", "--largest", 2000, "--searches", 2, "--prints", real_prints, "--json", file]
    code, _, _ = run("bench", "search", *arguments)
    assert code != 0
    first = json.loads(file.read_text())["figures"]
    assert ("one print of a known finger", 1500) in {(figure["what"], figure["gallery"]) for figure in first}
    monkeypatch.setattr(curves.prints, "measure_changes", measure_changes)
    monkeypatch.setattr(curves.faces, "measure", lambda *_: pytest.fail("measured again"))
    code, _, errors = run("bench", "search", *arguments, "--from", file)
    assert code == 0, errors
    assert "1,500: load a snapshot, p50" in errors
    figures = json.loads(file.read_text())["figures"]
    names = [(figure["what"], figure["gallery"]) for figure in figures]
    assert len(set(names)) == len(names)
    assert {size for _, size in names} == {1000, 1500, 2000}
    assert all(figure in figures for figure in first if figure["gallery"] != 1500)
    assert ("load a snapshot", 1500) in names
    assert [path.name for path in tmp_path.glob("curve*")] == ["curve.json"]
    assert curves.remaining([SearchFigure.of_content(figure) for figure in figures], None)[1:] == ([3000], [3000])


@pytest.mark.reach
def test_figures_of_earlier_runs_are_shown_and_plotted_together(run: Run, tmp_path: Path) -> None:
    blank = SearchFigure("one print", 1000, 5, 9.0, 10.0, 100, 2, 1.0, 1.0, p50_target_ms=9.0, lost_target=0.002)
    for size in (1000, 10_000):
        content = {"figures": [replace(blank, gallery=size).content()]}
        (tmp_path / f"{size}.json").write_text(json.dumps(content))
    earlier = [argument for size in (1000, 10_000) for argument in ("--from", tmp_path / f"{size}.json")]
    code, output, _ = run("bench", "search", *earlier, "--out", tmp_path / "curve.png")
    assert (code, "1,000" in output, "10,000" in output) == (0, True, True)
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "other.json").write_text("{}")
    code, _, errors = run("bench", "search", "--from", tmp_path / "other.json")
    assert (code, "unusable_dataset" in errors) == (2, True)
