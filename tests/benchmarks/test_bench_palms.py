"""`pehchan synth palms` and `pehchan bench palm`: generated palms are compared and searched, others are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inputs import Run
from PIL import Image

pytestmark = pytest.mark.reach


def test_bench_palm_measures_generated_palms(run: Run, tmp_path: Path) -> None:
    folder, results = tmp_path / "palms", tmp_path / "out.json"
    code, _, errors = run("synth", "palms", "--count", "1", "--others", "1", "--seed", "1", "--out", folder)
    assert code == 0, errors
    known = json.loads((folder / "1_latent.json").read_text())
    assert len(known) > 10
    Image.new("L", (500, 500), 200).save(folder / "3_1.png")  # shows nothing
    code, output, errors = run("bench", "palm", folder, "--palms", "300", "--json", results)
    assert (code, "tar_at_fmr_1e5" in output) == (0, True), errors
    figures = json.loads(results.read_text())
    names = ("n", "gallery", "n_images", "n_genuine", "n_impostor", "failed", "index_palms")
    assert [figures[name] for name in names] == [1, 3, 5, 1, 2, 1, 303]
    assert (figures["eer"], figures["rank1"], figures["rank10"], figures["index_rank1"]) == (0.0, 100.0, 100.0, 100.0)
