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
    """Install another engine of a modality, each version with its shipped scale, if it has one."""
    earlier = installed_names(Settings())
    monkeypatch.setattr(import_module(f"{modality.__module__.partition('.')[0]}.identity"), "ENGINE", 99)
    folder.mkdir()
    for each, names in installed_names(Settings()).items():
        scales = [json.loads(path.read_text()) for path in REGISTRATIONS[each].calibrations.glob("*.json")]
        by_model = {scale["model"]: scale for scale in scales if "model" in scale}  # one that only orders is of none
        for before, model in zip(earlier[each], names, strict=True):
            if model != before and before in by_model:
                (folder / f"{model}.json").write_text(json.dumps(by_model[before] | {"model": model}))
    monkeypatch.setenv("PEHCHAN_CALIBRATION_FOLDER", str(folder))
