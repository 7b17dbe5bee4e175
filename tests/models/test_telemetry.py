"""ONNX Runtime reports to nobody. With its telemetry on, its import makes an id of the machine and a file of events."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("module", "reports"), [("models.session", False), ("onnxruntime", True)])
def test_opening_models_collects_nothing(module: str, reports: bool, tmp_path: Path) -> None:
    """The second case shows that the first would notice; it reaches no network."""
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}}
    environment = kept | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    environment |= dict.fromkeys(("https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    subprocess.run([sys.executable, "-c", f"import {module}"], env=environment, check=True)
    assert any(tmp_path.rglob("deviceid")) is reports
