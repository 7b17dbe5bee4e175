"""A second model of prints, to move to: LEADER without its quantised steps, with the scale of the first one."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from api.settings import Settings
from fingerprint.parameters import ENGINE
from models import CALIBRATIONS
from models.manifest import SHIPPED, PackageFile, read_manifest

OTHER: Final = "leader-float"  # its name, and how it is prepared
LEADER: Final = read_manifest(SHIPPED)["leader"]

OTHER_MODEL: Final = sha256(f"{LEADER.sha256} {OTHER} fingerprint engine {ENGINE}".encode()).hexdigest()


def with_two_models(folder: Path, **settings: Any) -> Settings:
    """Return the settings of an installation in a folder that has both models."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest, scales = folder / "models.toml", folder / "scales"
    location = LEADER.location
    assert isinstance(location, PackageFile), "the shipped models come from packages"
    manifest.write_text(
        f'[{OTHER}]\nversion_of = "leader"\nprepare = "{OTHER}"\npurpose = "{LEADER.purpose}"\n'
        f'package = "{location.package}"\nversion = "{location.version}"\nfile = "{location.file}"\n'
        f'sha256 = "{LEADER.sha256}"\nlicence = "MIT"\nsource = "{LEADER.source}"\ninput = "{LEADER.input}"\n'
    )
    scale_of(scales, OTHER_MODEL)
    two: dict[str, Any] = {"operator_manifest": manifest, "calibration_folder": scales, "allow_unsearchable": False}
    return Settings(**{"data_folder": folder / "data", "_env_file": None} | two | settings)


def scale_of(folder: Path, model: str) -> None:
    """Put the shipped scale of prints into a folder as that of another model."""
    folder.mkdir(exist_ok=True)
    content = json.loads((CALIBRATIONS / "fingerprint.json").read_text())
    (folder / f"{model[:8]}.json").write_text(json.dumps(content | {"model": model}))
