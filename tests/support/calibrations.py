"""Calibrations made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from api.bootstrap.recognisers import installed_names
from api.modalities import REGISTRATIONS
from api.settings import Settings
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.calibration import FORMAT, Calibration


def made_calibration(
    modality: Modality, model: str, knots: Sequence[tuple[float, float]], scale: float, shape: float = 0.0
) -> Calibration:
    """Make one that is sure of itself: intervals of no width."""
    tail = {"scale": scale, "shape": shape}
    return Calibration.parse(
        {
            "format": FORMAT,
            "modality": modality,
            "model": model,
            "knots": [(raw, decibans, decibans, decibans) for raw, decibans in knots],
            "tail": tail,
            "tail_low": tail,
            "tail_high": tail,
            "spread": None,
            "non_mated": 1000,
            "command": "made up",
        }
    )


def another_engine(modality: Modality, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install another engine of a modality, with the shipped scale, if it has one."""
    earlier = {each: next(iter(names)) for each, names in installed_names(Settings()).items()}
    monkeypatch.setattr(import_module(f"{modality.__module__.partition('.')[0]}.identity"), "ENGINE", 99)
    folder.mkdir()
    for each, names in installed_names(Settings()).items():
        if (model := next(iter(names))) != earlier[each]:
            for path in REGISTRATIONS[each].calibrations.glob("*.json"):  # one that only orders is of no model
                if (scale := json.loads(path.read_text())).get("model") == earlier[each]:
                    (folder / f"{each}.json").write_text(json.dumps(scale | {"model": model}))
    monkeypatch.setenv("PEHCHAN_CALIBRATION_FOLDER", str(folder))
