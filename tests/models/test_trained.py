"""The weights that this project trained itself are those of the manifest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import models.trained
from biometrics.kernel.errors import ModelMismatch, ModelMissing
from models.trained import FOLDER, manifest, read_weights


def test_the_manifest_names_each_file_and_its_content() -> None:
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(manifest())
    for name in manifest():
        assert read_weights(name, len) > 0


def test_a_file_that_is_changed_or_missing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    manifest()
    monkeypatch.setattr(models.trained, "FOLDER", tmp_path)
    content = bytearray((tmp_path / "codes.npz").read_bytes())
    content[-1] ^= 1
    (tmp_path / "codes.npz").write_bytes(content)
    with pytest.raises(ModelMismatch, match="Install Pehchan again"):
        read_weights("codes", dict)
    (tmp_path / "codes.npz").unlink()
    with pytest.raises(ModelMissing, match="Install Pehchan again"):
        read_weights("codes", dict)
