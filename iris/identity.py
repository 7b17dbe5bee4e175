"""What the templates of irises are known by; the network need not be opened for that."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from models.registry import ModelRegistry

MANIFEST: Final = Path(__file__).with_name("manifest.toml")
NETWORK: Final = "iris-visibility"  # in MANIFEST
ENGINE: Final = 2  # part of the model's identity: raise it whenever a change gives another code of the same photo


def model_digest(registry: ModelRegistry) -> str:
    """Return the SHA-256 (hex) of what decides on codes: the network's file and the version of the engine.

    `registry` is of MANIFEST.
    """
    return sha256(f"iris engine {ENGINE}: {registry.entry(NETWORK).sha256}".encode()).hexdigest()
