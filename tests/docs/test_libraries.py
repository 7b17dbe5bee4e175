"""The parts that are libraries of their own work as their page says, without the service."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from inputs import print_of
from made_up_slaps import lay_slap, single_print
from made_up_transactions import file, fingerprint, text

pytestmark = pytest.mark.reach

PAGE = Path(__file__).parents[2] / "docs" / "libraries.md"
SERVICE = ("fastapi", "sqlalchemy", "faiss", "onnxruntime", "pydantic", "api")


def test_the_code_of_the_page_runs_without_the_service(tmp_path: Path) -> None:
    thumb = print_of(0, "right_thumb", 0)
    height, width = cv2.imdecode(np.frombuffer(thumb, np.uint8), cv2.IMREAD_GRAYSCALE).shape
    booking = file("CAR", text(f18="VERMA, ASHA"), fingerprint(1, 1, thumb, (width, height)))
    (tmp_path / "booking.an2").write_bytes(booking)
    cv2.imwrite(
        str(tmp_path / "slap.png"), lay_slap(1, [single_print(seed)[50:350, 50:250] for seed in range(4)]).pixels
    )
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL))
    absent = f"import sys\nfor name in {SERVICE}:\n    sys.modules[name] = None\n"
    command = [sys.executable, "-c", absent + code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "2.018 VERMA, ASHA" in lines
    cut = [line for line in lines if line.startswith("right ") and "(" in line]
    assert [line.split(" (")[0] for line in cut] == [f"right {each}" for each in ("index", "middle", "ring", "little")]
    assert "1 0 {} ()" in lines  # a rolled print
    assert 0 < int(lines[-1].split()[0]) <= 100
