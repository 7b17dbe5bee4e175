"""The real engine, and real prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from biometrics.imaging.image import decode
from biometrics.kernel.recognition.types import Template
from fingerprint.recogniser import FingerprintRecogniser
from models.registry import ModelRegistry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    return ModelRegistry(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def recogniser(registry: ModelRegistry) -> FingerprintRecogniser:
    return FingerprintRecogniser(registry)


@pytest.fixture(scope="session")
def real_prints(shared_data: Path, recogniser: FingerprintRecogniser) -> dict[tuple[int, int], Template]:
    """Return templates of three fingers of FVC2002 DB1_B, three impressions each, by (finger, impression)."""
    folder = shared_data / "fingerprint" / "FVC2002" / "DB1_B"
    names = [(finger, number) for finger in (101, 102, 103) for number in (1, 2, 3)]
    return {
        (finger, number): recogniser.extract(decode((folder / f"{finger}_{number}.tif").read_bytes(), ppi=500))
        for finger, number in names
    }
