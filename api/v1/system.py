"""Describes the installation to administrators, without personal data."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from api.http.authentication import needs
from api.http.schemas import Schema
from api.modalities import ModalityName
from api.observability.system import Installation
from api.services import services_of
from biometrics.kernel.access import Scope
from biometrics.kernel.recognition.capture import Position

router = APIRouter(prefix="/system", tags=["health"], dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])


class DatabaseOut(Schema):
    """The database behind the records."""

    kind: str
    version: str
    migration: str = Field(description="The last migration of its tables")


class WeightsOut(Schema):
    """A file of weights that the manifest names."""

    name: str
    purpose: str
    location: str
    sha256: str
    licence: str
    source: str


class RecognitionOut(Schema):
    """How one modality is recognised, and how far its index is."""

    modality: ModalityName
    model: str = Field(description="SHA-256 that is stamped on its templates")
    calibration: str = Field(description="SHA-256 of the calibration file of its scores")
    templates: int = Field(description="How many can be found")
    sequence: int = Field(description="The last change of the database that the index holds")
    lag: int = Field(description="Changes of the database that the index does not hold yet")
    standing: int = Field(description="Probes of standing searches")


class ModelStateOut(Schema):
    """A model, and how far the extraction of the stored samples by it is."""

    modality: ModalityName
    name: str = Field(description="Its entry in the models manifest")
    model: str = Field(description="SHA-256 that is stamped on its templates")
    installed: bool
    in_use: bool = Field(description="Templates of it are kept, and made of new enrolments")
    in_force: bool = Field(description="Searches use it")
    pending: int = Field(description="Samples without a template of it; estimated while there are more than 10,000")
    pending_probes: int = Field(description="Kept probes of searches without a template of it")
    refused: int = Field(description="Samples and kept probes of which it makes no template")
    unsearchable: int | None = Field(
        description="People whom no search by it finds; null while many samples are pending"
    )
    per_minute: float | None = Field(description="Samples that all servers extract a minute, while they do")
    minutes_left: float | None


class RefusedSampleOut(Schema):
    """A stored sample of which a model makes no template."""

    sample_id: int
    modality: ModalityName
    position: Position | None
    code: str = Field(description="Code of the error")
    detail: str


class LimitOut(Schema):
    """A setting that bounds something."""

    name: str
    value: int | float
    meaning: str


class DiskOut(Schema):
    """The disk of a folder that requests write to."""

    name: str = Field(description="data, database or images")
    free: int = Field(description="Bytes")
    total: int = Field(description="Bytes")


class SystemOut(Schema):
    """What the installation is made of."""

    version: str
    python: str
    station: str = Field(description="Id of this database; copies of it have the same one")
    records: int
    audit_entries: int
    disks: list[DiskOut]
    last_backup: dt.datetime | None = Field(description="When the last backup was finished; null: never")
    checks_waiting: int = Field(description="Enrolments not checked for duplicates yet")
    tasks_waiting: int = Field(description="Tasks and deliveries that are not done")
    database: DatabaseOut
    images: str = Field(description="Where the images are: folder or bucket")
    vectors: str = Field(description="Where the vectors are: embedded or Milvus")
    totp_required: bool
    metrics_port: int = Field(description="Where /metrics is served; 0: not")
    checks: dict[str, str] = Field(description="Each check: ok, or a sentence that says what is wrong")
    models: list[WeightsOut]
    recognition: list[RecognitionOut]
    model_states: list[ModelStateOut]
    refused: list[RefusedSampleOut] = Field(description="The first 20 refused samples")
    software: dict[str, str] = Field(description="Versions of packages, by name")
    limits: list[LimitOut]


async def _checks(request: Request) -> dict[str, str]:
    return dict((await services_of(request).readiness.report()).checks)


def _installation(request: Request) -> Installation:
    return services_of(request).installation()


Checks = Annotated[dict[str, str], Depends(_checks)]
InstallationDependency = Annotated[Installation, Depends(_installation)]


@router.get("", summary="Get system information")
def read_system(installation: InstallationDependency, checks: Checks) -> SystemOut:
    """Get models, indexes, database, versions and limits of this server."""
    return system_of(installation, checks)


def system_of(installation: Installation, checks: dict[str, str]) -> SystemOut:
    """Show an installation, with what was looked at."""
    fields = {name: getattr(installation, name) for name in SystemOut.model_fields if name not in ("checks", "models")}
    models = [
        WeightsOut(
            location=str(model.location),
            **{name: getattr(model, name) for name in ("name", "purpose", "sha256", "licence", "source")},
        )
        for model in installation.models
    ]
    return SystemOut.model_validate(fields | {"checks": checks, "models": models})
