"""What the templates of marks are known by; the networks need not be opened for that."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from models.registry import ModelRegistry

MANIFEST: Final = Path(__file__).with_name("manifest.toml")
NETWORKS: Final = ("mobilenet", "xfeat")  # in MANIFEST
ENGINE: Final = 1  # part of the model's identity: raise it whenever a change gives other features of the same photo


def model_digest(registry: ModelRegistry) -> str:
    """Return the SHA-256 (hex) of what decides on the features: the networks' files and the version of the engine.

    `registry` is of MANIFEST.
    """
    whole, points = (registry.entry(name).sha256 for name in NETWORKS)
    return sha256(f"mark engine {ENGINE}: {whole} {points}".encode()).hexdigest()
