"""`pehchan bench api` and `bench field`: what is sent, what answers mean, and all of it on a small gallery."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import Run

from api.v1.samples_form import UploadedSamples
from benchmarks.commands import service
from benchmarks.service.measuring import Loaded
from benchmarks.service.phones import cut_to_ink
from benchmarks.service.searches import kinds
from biometrics.imaging.image import Image

KBIT = 128  # of a phone's link

CALM = Loaded(
    "one print",
    32,
    20.0,
    10.0,
    150.0,
    290.0,
    300.0,
    Counter({201: 10, 503: 10}),
    0,
    (500.0, 510.0, 505.0),
    survived=True,
)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the first benchmark leaves its gallery to the next: to make one takes a minute."""
    return tmp_path_factory.mktemp("gallery")


@pytest.mark.reach
def test_the_searches_are_sent_as_what_they_are_called() -> None:
    app = FastAPI()

    @app.post("/")
    def read(samples: UploadedSamples) -> list[int | None]:
        return [sample.position for sample in samples]

    with TestClient(app) as client:
        sent = {
            kind.name: [
                client.post("/", content=body, headers={"Content-Type": type_}).json() for type_, body in kind.requests
            ]
            for kind in kinds()
        }
    assert sent["one photo"] == [[None]] * 4
    assert sent["one print"] == [[position] for position in range(1, 11)] * 4
    assert sent["ten prints and a photo"] == [[*range(1, 11), None]] * 2


@pytest.mark.parametrize(
    "change",
    [{"p95": 301.0}, {"unlike": 1}, {"survived": False}, {"p95": float("nan")}],
    ids=lambda change: next(iter(change)),
)
def test_a_load_is_borne_only_where_all_is_kept(change: dict[str, object]) -> None:
    assert CALM.reached
    assert not replace(CALM, **change).reached  # type: ignore[arg-type]


@pytest.mark.reach
def test_a_small_gallery_is_searched_alone_and_under_load(
    run: Run, gallery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RATE_SECONDS", 2)
    out = tmp_path / "figures.json"
    options = ("--people", 20, "--folder", gallery, "--searches", 2, "--seconds", 3, "--only", "one photo")
    code, shown, _ = run("bench", "api", *options, "--json", out)
    assert code == 0, shown
    figures = json.loads(out.read_text())
    assert [item["kind"] for item in figures["alone"]] == ["one photo", "one print", "ten prints and a photo"]
    (load,) = figures["load"]
    assert load["survived"]
    assert load["unlike"] == 0
    assert load["statuses"]["201"] >= 1


def test_a_print_is_cut_as_the_page_cuts_it() -> None:
    pixels = np.full((100, 80), 255, np.uint8)
    blank = Image(pixels, 500.0, "image/png")
    pixels = pixels.copy()
    pixels[40:60:2, 30] = 0
    pixels[5, 70] = 230  # no ink
    assert cut_to_ink(blank).pixels.shape == (100, 80)
    assert np.array_equal(cut_to_ink(replace(blank, pixels=pixels)).pixels, pixels[28:71, 18:43])


@pytest.mark.reach
def test_two_phones_check_people_on_slow_links(run: Run, gallery: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    options = ("--phones", 2, "--people", 20, "--every", 1, "--seconds", 1, "--kbit", KBIT, "--folder", gallery)
    code, shown, errors = run("bench", "field", *options, "--json", out)
    assert code == 0, errors
    assert "2 phones" in shown
    figures = json.loads(out.read_text())
    assert [load["name"] for load in figures["load"]] == ["at random", "all at once"]
    least_ms = 8 * figures["kilobytes"] / KBIT * 1000
    for load in figures["load"]:
        assert (load["accepted"], load["failed"], load["statuses"]["201"]) == (2, 0, 2), load
        assert load["answers"] == {"on_record": 1, "not_found": 1}
        assert load["transfer_share"] + load["server_share"] + load["paused_share"] == pytest.approx(1)
        assert load["transfer_p50_ms"] > 0.8 * least_ms  # what the link must take, but for one request's difference
