"""A release is built from a clone, and what docs/releasing.md says about its files and its installation holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"biometrics", "fingerprint", "face", "iris", "marks", "palm", "index", "api", "models", "benchmarks"}
SIGNER = "releases@example.org"


def run(*command: str | Path, folder: Path, standard_input: bytes = b"", **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, input=standard_input, capture_output=True, check=False
    )
    assert done.returncode == 0, (command, done.stdout.decode(), done.stderr.decode())
    return done.stdout.decode()


def normalised(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.reach
def test_a_release_is_built_signed_and_installed(tmp_path: Path) -> None:
    clone, dist, key = tmp_path / "clone", tmp_path / "clone" / "dist", tmp_path / "key"
    run("git", "clone", "--quiet", ROOT, clone, folder=tmp_path)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key, folder=tmp_path)
    printed = run("scripts/release", folder=clone, PEHCHAN_SIGNING_KEY=str(key))
    assert "The right record came first." in printed
    assert "did not come first" not in printed

    (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    sums = {line.split()[1] for line in (dist / "SHA256SUMS").read_text().splitlines()}
    assert sums == {wheel.name, source.name, "sbom.json"}
    run("sha256sum", "--check", "SHA256SUMS", folder=dist)
    allowed = tmp_path / "allowed_signers"
    allowed.write_text(f"{SIGNER} {key.with_suffix('.pub').read_text()}")
    verify = ("ssh-keygen", "-Y", "verify", "-f", allowed, "-I", SIGNER, "-n", "file", "-s", "SHA256SUMS.sig")
    run(*verify, folder=dist, standard_input=(dist / "SHA256SUMS").read_bytes())

    materials = json.loads((dist / "sbom.json").read_text())
    assert materials["metadata"]["component"]["name"] == "pehchan"
    locked = set(re.findall(r"^([\w.\-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    named = {normalised(component["name"]) for component in materials["components"]}
    assert {"numpy", "faiss-cpu", "onnxruntime"} <= named
    assert named <= {normalised(name) for name in locked} | {"pehchan"}

    tool = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    run("uv", "tool", "install", f"{wheel}[demo]", folder=tmp_path, **tool)
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["pehchan"]
    assert run(tmp_path / "bin" / "pehchan", "models", "verify", folder=tmp_path).count(": ok") == 8
    (record,) = (tmp_path / "tools").glob("pehchan/lib/*/site-packages/pehchan-*.dist-info/RECORD")
    places = {line.split(",")[0].split("/")[0] for line in record.read_text().splitlines()}
    assert places == PACKAGES | {record.parent.name, ".."}  # ../../../bin/pehchan
