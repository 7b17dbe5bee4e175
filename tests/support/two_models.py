"""Stations with a second model of prints."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select, update

from benchmarks.service.second_model import LEADER
from biometrics.kernel.record import Enrolment
from biometrics.storage.crypto.aead import seal, template_place, unseal
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.engine import Engine
from fingerprint.parameters import ENGINE

FIRST_MODEL = sha256(f"{LEADER.sha256} fingerprint engine {ENGINE}".encode()).hexdigest()


def made_by(engine: Engine, enrolment: Enrolment, model: str) -> None:
    """Make an enrolment's templates those of another model, as after a change of the model in use."""
    with engine.store.database.writing() as connection:
        secret = engine.store.keys.obtain(connection, enrolment.record_id)
        for row in connection.execute(select(templates).where(templates.c.id.in_(enrolment.template_ids))).all():
            places = [template_place(enrolment.record_id, row.sample_id, name) for name in (row.model, model)]
            data = seal(secret, places[1], unseal(secret, places[0], row.data))
            connection.execute(update(templates).where(templates.c.id == row.id).values(model=model, data=data))
