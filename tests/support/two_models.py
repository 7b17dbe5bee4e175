"""A second model of prints: LEADER without its quantised steps, with the first one's scale."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from api.settings import Settings
from biometrics.kernel.record import Enrolment
from biometrics.storage.crypto.aead import seal, template_place, unseal
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.engine import Engine
from fingerprint.parameters import ENGINE
from models import CALIBRATIONS
from models.manifest import SHIPPED, read_manifest

OTHER = "leader-float"
LEADER = read_manifest(SHIPPED)["leader"]

FIRST_MODEL = sha256(f"{LEADER.sha256} fingerprint engine {ENGINE}".encode()).hexdigest()
OTHER_MODEL = sha256(f"{LEADER.sha256} {OTHER} fingerprint engine {ENGINE}".encode()).hexdigest()


def with_two_models(folder: Path, **settings: Any) -> Settings:
    """Return the settings of an installation in a folder that has both models."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest, scales = folder / "models.toml", folder / "scales"
    location = LEADER.location
    manifest.write_text(
        f'[{OTHER}]\nversion_of = "leader"\nprepare = "{OTHER}"\npurpose = "{LEADER.purpose}"\n'
        f'package = "{location.package}"\nversion = "{location.version}"\nfile = "{location.file}"\n'
        f'sha256 = "{LEADER.sha256}"\nlicence = "MIT"\nsource = "{LEADER.source}"\ninput = "{LEADER.input}"\n'
    )
    scale_of(scales, OTHER_MODEL)
    two = {"operator_manifest": manifest, "calibration_folder": scales, "allow_unsearchable": False}
    return Settings(**{"data_folder": folder / "data", "_env_file": None} | two | settings)


def scale_of(folder: Path, model: str) -> None:
    """Put the shipped scale of prints into a folder as that of another model."""
    folder.mkdir(exist_ok=True)
    content = json.loads((CALIBRATIONS / "fingerprint.json").read_text())
    (folder / f"{model[:8]}.json").write_text(json.dumps(content | {"model": model}))


def made_by(engine: Engine, enrolment: Enrolment, model: str) -> None:
    """Make an enrolment's templates those of another model, as after a change of the model in use."""
    with engine.store.database.writing() as connection:
        secret = engine.store.keys.obtain(connection, enrolment.record_id)
        for row in connection.execute(select(templates).where(templates.c.id.in_(enrolment.template_ids))).all():
            places = [template_place(enrolment.record_id, row.sample_id, name) for name in (row.model, model)]
            data = seal(secret, places[1], unseal(secret, places[0], row.data))
            connection.execute(update(templates).where(templates.c.id == row.id).values(model=model, data=data))
