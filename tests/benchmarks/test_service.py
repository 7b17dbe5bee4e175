"""`pehchan bench api`: what it sends, what it makes of the answers, and the whole of it on a small gallery."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import Run

from api.v1.samples_form import UploadedSamples
from benchmarks.commands import service
from benchmarks.service.measuring import Loaded
from benchmarks.service.searches import kinds

pytestmark = pytest.mark.slow

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
    """Answers in time, none that says nothing, and a server that is there in the end."""
    assert CALM.reached
    assert not replace(CALM, **change).reached  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_small_gallery_is_searched_alone_and_under_load(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RATE_SECONDS", 2)
    out = tmp_path / "figures.json"
    code, shown, _ = run(
        "bench", "api", "--people", 20, "--searches", 2, "--seconds", 3, "--only", "one photo", "--json", out
    )
    assert code == 0, shown
    figures = json.loads(out.read_text())
    assert [item["kind"] for item in figures["alone"]] == ["one photo", "one print", "ten prints and a photo"]
    (load,) = figures["load"]
    assert load["survived"]
    assert load["unlike"] == 0
    assert load["statuses"]["201"] >= 1
