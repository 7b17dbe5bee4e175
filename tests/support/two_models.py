"""Stations with a second model of prints, and processes that extract samples again until they are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select, update

from benchmarks.service.second_model import LEADER, OTHER_MODEL
from biometrics.kernel.people.record import Enrolment
from biometrics.storage.crypto.aead import seal, template_place, unseal
from biometrics.storage.tables.searches import probe_templates
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.engine.engine import Engine
from fingerprint.parameters import ENGINE

FIRST_MODEL = sha256(f"{LEADER.sha256} fingerprint engine {ENGINE}".encode()).hexdigest()
SCRIPT = Path(__file__).with_name("extract_until_killed.py")


def made_by(engine: Engine, enrolment: Enrolment, model: str) -> None:
    """Make an enrolment's templates those of another model, as after a change of the model in use."""
    with engine.store.database.writing() as connection:
        secret = engine.store.keys.obtain(connection, enrolment.record_id)
        for row in connection.execute(select(templates).where(templates.c.id.in_(enrolment.template_ids))).all():
            places = [template_place(enrolment.record_id, row.sample_id, name) for name in (row.model, model)]
            data = seal(secret, places[1], unseal(secret, places[0], row.data))
            connection.execute(update(templates).where(templates.c.id == row.id).values(model=model, data=data))


def extracted_probes(engine: Engine) -> list[str]:
    """Return the searches of the probes that have a template of the other model."""
    its = (probe_templates.c.model == OTHER_MODEL, probe_templates.c.data.is_not(None))
    with engine.store.database.reading() as connection:
        return list(connection.execute(select(probe_templates.c.search_id).where(*its)).scalars())


def held(engine: Engine) -> dict[str, int]:
    """Return how many templates there are of each model."""
    with engine.store.database.reading() as connection:
        counted = select(templates.c.model, func.count()).group_by(templates.c.model)
        return {row.model: row.count for row in connection.execute(counted)}


def until_killed(folder: Path, database_url: str, kills: int = 3) -> None:
    """Let a process extract, and kill it in the midst of the second one, after it has stored the first."""
    for _ in range(kills):
        command = [sys.executable, str(SCRIPT), str(folder), database_url, "1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(2):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
