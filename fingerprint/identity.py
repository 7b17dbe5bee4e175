"""What a model of prints is known by; the model need not be opened for that."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from fingerprint.parameters import ENGINE
from models.registry import ModelRegistry

NETWORK: Final = "leader"  # its name in the manifest, and how it is prepared
REDUCED: Final = "leader-reduced"  # likewise, of the network that the fast extractor shows reduced prints


def model_digest(registry: ModelRegistry, network: str) -> str:
    """Return the SHA-256 (hex) of what decides on templates and scores: the network's file by its hash, and the engine.

    The fast extractor, `network` REDUCED, reads other than clear prints by NETWORK, which is part of it.

    Raises:
        ModelMissing: there is no such network.
    """
    entry = registry.entry(network)
    network_hash = entry.sha256 if entry.prepare in ("", NETWORK) else f"{entry.sha256} {entry.prepare}"
    if entry.prepare == REDUCED:
        network_hash += f" {registry.entry(NETWORK).sha256}"
    return sha256(f"{network_hash} fingerprint engine {ENGINE}".encode()).hexdigest()
