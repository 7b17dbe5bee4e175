"""Describes an installation: models, indexes, database, software and limits, without personal data."""

from __future__ import annotations

import platform
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from api.observability.disks import folders_written
from api.settings import Settings
from biometrics.jobs.reader import TaskReader
from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import DatabaseInfo
from biometrics.templates.reextraction import ReextractionStore, RefusedSample
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.models.model_changes import ModelState, model_states
from biometrics.watchlist.checks import CheckReader
from models.manifest import ModelEntry

# Every numeric setting, so that none is forgotten; the port of the metrics is shown separately.
LIMITS: Final = tuple(
    name for name, field in Settings.model_fields.items() if field.annotation in (int, float) and name != "metrics_port"
)

REFUSED_SHOWN: Final = 20  # samples


@dataclass(frozen=True)
class Limit:
    """A setting, what it says, and what it is for."""

    name: str
    value: float
    meaning: str


@dataclass(frozen=True)
class Recognition:
    """How one modality is recognised: by which model and calibration (SHA-256 each), and how far its index is.

    `lag` counts changes of the database that the index does not hold yet.
    """

    modality: Modality
    model: str
    calibration: str
    templates: int
    sequence: int
    lag: int
    standing: int


@dataclass(frozen=True)
class Disk:
    """A folder that requests write to, and the bytes of its disk."""

    name: str
    free: int
    total: int


@dataclass(frozen=True)
class Installation:
    """The facts that are shown about an installation; `refused` are the first samples that a model in use refused."""

    version: str
    python: str
    station: str
    records: int
    audit_entries: int
    disks: tuple[Disk, ...]
    last_backup: datetime | None
    checks_waiting: int
    tasks_waiting: int
    database: DatabaseInfo
    images: str
    vectors: str
    totp_required: bool
    metrics_port: int
    models: tuple[ModelEntry, ...]
    recognition: tuple[Recognition, ...]
    model_states: tuple[ModelState, ...]
    refused: tuple[RefusedSample, ...]
    software: dict[str, str]
    limits: tuple[Limit, ...]


def installation(settings: Settings, engine: Engine, models: tuple[ModelEntry, ...]) -> Installation:
    """Look at an installation that runs.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    store = engine.store
    states = model_states(engine)
    work = ReextractionStore(store.database, store.keys)
    return Installation(
        version=version("pehchan"),
        python=platform.python_version(),
        station=store.identity,
        records=store.record_count(),
        audit_entries=store.audit_length(),
        disks=tuple(_disk(name, folder) for name, folder in folders_written(settings, engine).items()),
        last_backup=store.last_entry(Action.BACKED_UP),
        checks_waiting=CheckReader(store.database).count(),
        tasks_waiting=sum(TaskReader(store.database, store.keys).count_unfinished().values()),
        database=store.database.info(),
        images="bucket" if "://" in settings.resolved_images_url else "folder",
        vectors="Milvus" if settings.vectors_url else "embedded",
        totp_required=settings.totp_required,
        metrics_port=settings.metrics_port,
        models=models,
        recognition=tuple(_recognition(engine, modality) for modality in engine.channels),
        model_states=tuple(states),
        refused=tuple(work.refused([state.model for state in states], REFUSED_SHOWN)),
        software=_software(),
        limits=tuple(_limit(settings, name) for name in LIMITS),
    )


def _disk(name: str, folder: Path) -> Disk:
    usage = shutil.disk_usage(folder)
    return Disk(name, usage.free, usage.total)


def _recognition(engine: Engine, modality: Modality) -> Recognition:
    channel = engine.channels[modality]
    return Recognition(
        modality=modality,
        model=channel.recogniser.model,
        calibration=channel.calibration.digest,
        templates=len(channel.gallery),
        sequence=channel.gallery.sequence,
        lag=engine.lag(modality),
        standing=0 if channel.standing is None else len(channel.standing),
    )


def _limit(settings: Settings, name: str) -> Limit:
    meaning = type(settings).model_fields[name].description or ""
    return Limit(f"PEHCHAN_{name.upper()}", getattr(settings, name), meaning)


def _software() -> dict[str, str]:
    """Return the version of each package that this one needs and that is installed, by name."""
    versions = {}
    for requirement in requires("pehchan") or ():
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue  # of an extra that was not asked for
    return dict(sorted(versions.items()))
