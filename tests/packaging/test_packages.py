"""The packages of parts of this repository: built, installed into an empty environment, and used there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNWANTED = ("fastapi", "sqlalchemy", "faiss", "uvicorn", "api")
BEGINNING = "import importlib.util as u, sys\nfrom pathlib import Path\nfile = Path(sys.argv[1]).read_bytes()\n"
ENDING = f"\nassert not [name for name in {UNWANTED!r} if u.find_spec(name)]"
USES = {
    "itl": (
        "standards/biocts/pass/AN2011_pass-type-17-iris.an2",
        """from biometrics import itl
from biometrics.itl.validation import all_faults
reading = itl.read(file)
assert all_faults(reading) == []
xml = itl.serialise(reading.records, itl.Encoding.XML)
assert itl.parse(xml) == list(reading.records)""",
    ),
    "nfiq2": (
        "fingerprint/FVC2004/DB1_B/101_1.png",
        """import numpy as np
from fingerprint.nfiq2 import NO_PRINT, Nfiq2
assert Nfiq2().measure(np.full((300, 300), 200, np.uint8)) == NO_PRINT""",
    ),
    "slaps": (
        "fingerprint/FVC2004/DB1_B/101_1.png",
        """from biometrics.imaging.image import decode
from biometrics.kernel.errors import SlapNotSegmented
from fingerprint.cards.slap import cut_slap
try:
    cut_slap(decode(file))
except SlapNotSegmented:
    pass
else:
    raise AssertionError("one finger is no slap")""",
    ),
    "fingerprint": (
        "fingerprint/FVC2004/DB1_B/101_1.png",
        """import subprocess
from fingerprint.command import similarity, template_of
mate = Path(sys.argv[1]).with_name("101_2.png")
assert similarity(template_of(file), [template_of(mate.read_bytes())])[0] > 0.1
command = Path(sys.prefix) / "bin" / "pehchan-fingerprint"
subprocess.run([command, "extract", sys.argv[1], "print.fmr"], check=True)
assert float(subprocess.check_output([command, "compare", "print.fmr", mate])) > 0.1""",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", USES)
def test_a_package_is_of_use_without_the_service(name: str, tmp_path: Path, shared_data: Path) -> None:
    sample, program = USES[name]
    subprocess.run([sys.executable, ROOT / "scripts/packages", name, "--out", tmp_path / "dist"], check=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    python = tmp_path / "venv/bin/python"
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, tmp_path / "venv"], check=True)
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, wheel], check=True)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    used = [python, "-c", BEGINNING + program + ENDING, shared_data / sample]
    subprocess.run(used, check=True, cwd=tmp_path, env=environment)
