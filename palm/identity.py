"""What the templates of palms are known by; the network need not be opened for that."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from fingerprint.identity import NETWORK
from fingerprint.identity import model_digest as digest_of_fingers
from models.registry import ModelRegistry

ENGINE: Final = 1  # part of the model's identity: raise it whenever a change gives other templates or scores of palms


def model_digest(registry: ModelRegistry) -> str:
    """Return the SHA-256 (hex) of what decides on templates and scores: the engine of fingers, and that of palms.

    Raises:
        ModelMissing: there is no such network.
    """
    return sha256(f"palm engine {ENGINE}: {digest_of_fingers(registry, NETWORK)}".encode()).hexdigest()
