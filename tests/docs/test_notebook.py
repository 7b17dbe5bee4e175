"""The notebook of the documentation runs from top to bottom, and its curves are those of the scores."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from made_up_scores import score_set

from benchmarks.runs import score_files
from benchmarks.runs.score_set import StoredEvaluation

pytestmark = pytest.mark.reach

DOCS = Path(__file__).parents[2] / "docs"


def test_the_notebook_draws_det_and_cmc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("agg")
    scores = score_set("fingerprints")
    score_files.save(StoredEvaluation("pehchan bench report", "2026-11-28", (), (scores,)), Path("scores.npz"))
    notebook = json.loads((DOCS / "tutorials" / "curves.ipynb").read_text())
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert not cell["outputs"]
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # as a kernel does
    (det,), (cmc,) = (names[figure].axes[0].lines for figure in ("det_figure", "cmc_figure"))
    fmr, fnmr = scores.verification().det()
    np.testing.assert_array_equal(det.get_xydata(), np.stack([fmr, fnmr], axis=1))
    assert scores.searches is not None
    np.testing.assert_array_equal(cmc.get_ydata(), 100 * scores.searches.cmc()[:20])
    printed = capsys.readouterr().out
    assert f"fingerprints, {scores.system}: {scores.mated.sum()} mated pairs of {len(scores.pairs)}" in printed
    assert "EER" in printed
    if os.environ.get("PEHCHAN_PICTURES"):
        names["det_figure"].savefig(DOCS / "pictures" / "notebook-det.png", dpi=80)
    plt.close("all")
