"""What a face embedder's vectors are known by; the embedder need not be opened for that."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from face.joining import Joining
from models.registry import ModelRegistry

ENGINE: Final = (
    3  # part of a feature space's identity: raise it whenever a change gives other vectors of the same files
)


def space_of(registry: ModelRegistry, name: str) -> str:
    """Return the SHA-256 (hex) of what decides on an embedder's vectors: its files, and how faces are prepared for it.

    Raises:
        ModelMissing, ModelMismatch: there is no such embedder, or no file that joins it with another one.
    """
    settings = registry.entry(name).embedder
    ids = [_identity(registry, network) for network in (name, settings.beside) if network]
    ids += [Joining.load(settings.joined).digest] if settings.joined else []
    return sha256(f"face engine {ENGINE}: {' '.join(ids)}".encode()).hexdigest()


def _identity(registry: ModelRegistry, name: str) -> str:
    """Name a network's file, and how its faces are prepared."""
    entry = registry.entry(name)
    settings = entry.embedder
    return f"{entry.sha256} {settings.colour} {settings.mean} {settings.scale} {settings.side} {settings.template}"
