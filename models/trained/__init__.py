"""Weights that this project has trained itself; manifest.toml says of each file what it is for and how it was made."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from biometrics.kernel.errors import ModelMismatch, ModelMissing
from models.arrays import arrays_in

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class TrainedWeights:
    """One file of arrays (.npz); `command` makes it again from the data in `trained_on`."""

    sha256: str
    licence: str
    purpose: str
    trained_on: str
    command: str


@cache
def manifest() -> Mapping[str, TrainedWeights]:
    """Return all files of this folder, by name without the suffix."""
    tables = tomllib.loads((FOLDER / "manifest.toml").read_text("utf-8"))
    return {name: TrainedWeights(**table) for name, table in tables.items()}


T = TypeVar("T")


def read_weights(name: str, read: Callable[[Mapping[str, Any]], T]) -> T:
    """Return what `read` makes of the arrays of a file, by their names.

    Raises:
        ModelMissing, ModelMismatch: as for `trained_content`.
    """
    with arrays_in(trained_content(name)) as arrays:
        return read(arrays)


def trained_content(name: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        ModelMissing: the file is not there.
        ModelMismatch: it is not the one that the manifest names.
    """
    path = FOLDER / f"{name}.npz"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelMissing(f"The weights {path} cannot be read: {error}. Install Pehchan again.") from error
    if sha256(content).hexdigest() != manifest()[name].sha256:
        raise ModelMismatch(f"The weights {path} are not those that Pehchan was released with. Install Pehchan again.")
    return content
