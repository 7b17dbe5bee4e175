"""The manifest: which weight files there are, where they lie, and what they are for."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from biometrics.kernel.errors import ModelMissing
from models.attack_settings import AttackSettings
from models.embedder_settings import EmbedderSettings

SHIPPED = Path(__file__).with_name("manifest.toml")
PREPARATIONS = (
    "",
    "fold",
    "leader",
    "leader-float",
    "leader-reduced",
    "unet",
    "dlib",
    "mobilenet",
    "xfeat",
)  # what may be done to a file before it is run; models/prepared.py does it
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PackageFile:
    """A weights file inside an installed distribution; `file` is relative to where the distribution is installed."""

    package: str
    version: str
    file: str

    def __str__(self) -> str:
        """Name it as a person would look for it."""
        return f"{self.file} of the package {self.package}=={self.version}"


@dataclass(frozen=True)
class TrainedFile:
    """A weights file of `models/trained`."""

    name: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return SHIPPED.parent / "trained" / f"{self.name}.npz"

    def __str__(self) -> str:
        """Name it as in the repository."""
        return f"models/trained/{self.name}.npz"


@dataclass(frozen=True)
class ModelEntry:
    """One weights file; the keys are explained at the top of manifest.toml."""

    name: str
    location: PackageFile | TrainedFile | Path
    sha256: str
    licence: str
    source: str
    purpose: str
    input: str
    prepare: str = ""
    resizable: bool = False
    version_of: str = ""
    embedder: EmbedderSettings = dataclasses.field(default_factory=EmbedderSettings)
    attack: AttackSettings | None = None


def read_manifest(path: Path) -> dict[str, ModelEntry]:
    """Read one manifest, entries by name.

    Raises:
        ModelMissing: the file is absent or an entry breaks the rules; the sentence says which and why.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _entry(name, table, path.parent) for name, table in tables.items()}
    except (OSError, ValueError, TypeError) as error:
        raise ModelMissing(
            f"The models manifest {path} cannot be used: {error}. Correct it and start again."
        ) from error


def _entry(name: str, table: Any, folder: Path) -> ModelEntry:
    if not isinstance(table, dict):
        raise TypeError(f"{name} is not a table")
    keys = dict(table)
    try:
        location = _location(keys, folder)
        embedder = EmbedderSettings.of(keys.pop("embedder", {}), folder)
        attack = AttackSettings.of(keys.pop("attack")) if "attack" in keys else None
        entry = ModelEntry(name=name, location=location, embedder=embedder, attack=attack, **keys)
    except (KeyError, TypeError) as error:
        raise ValueError(f"[{name}] has a missing or unknown key: {error}") from error
    _check_types(entry)
    return entry


def _location(keys: dict[str, Any], folder: Path) -> PackageFile | TrainedFile | Path:
    """Take the keys that say where the file lies out of `keys`."""
    if "path" in keys:
        return folder / str(keys.pop("path"))
    if "trained" in keys:
        return TrainedFile(str(keys.pop("trained")))
    return PackageFile(*(str(keys.pop(key)) for key in ("package", "version", "file")))


def _check_types(entry: ModelEntry) -> None:
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        expected = bool if field.name == "resizable" else str
        if field.name not in ("location", "embedder", "attack") and not isinstance(value, expected):
            raise ValueError(f"[{entry.name}] {field.name} = {value!r} is not a {expected.__name__}")
    if not _SHA256.fullmatch(entry.sha256):
        raise ValueError(f"[{entry.name}] sha256 is not 64 lower-case hexadecimal digits")
    if entry.prepare not in PREPARATIONS:
        raise ValueError(f"[{entry.name}] prepare = {entry.prepare!r} is none of {', '.join(PREPARATIONS[1:])}")
    if entry.resizable and entry.prepare != "fold":
        raise ValueError(f'[{entry.name}] is resizable without prepare = "fold"')


def merged(operator_manifest: Path | None) -> Mapping[str, ModelEntry]:
    """Return the shipped entries with an operator's own added or put in their place."""
    shipped = _shipped_entries()
    return shipped if operator_manifest is None else {**shipped, **read_manifest(operator_manifest)}


@cache
def _shipped_entries() -> Mapping[str, ModelEntry]:
    """Read the shipped manifest, once in a process: a start asks for it more than ten times."""
    return MappingProxyType(read_manifest(SHIPPED))
