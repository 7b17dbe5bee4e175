"""The networks that read latents: LEADER, trained further on them, and one that sees their ridges (docs/latents.md)."""

from __future__ import annotations

import io
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from models.leader.network import leader
from models.ridge_unet import ridge_unet
from models.session import ModelSession
from models.trained import trained_content

MIN_QUALITY = 0.2  # of a minutia of a latent that the published LEADER finds; of other prints it keeps only surer ones
WEIGHTS, RIDGES = "latents", "ridges"  # in models/trained


class LatentNetwork(NamedTuple):
    """What reads latents: a session on LEADER or a further training of it, and the least quality of a minutia.

    `ridges` sees the ridges (`fingerprint.latents.ridges`); without it they are those that filters draw.
    """

    session: ModelSession
    min_quality: float = MIN_QUALITY
    ridges: ModelSession | None = None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) by which a reading of a latent names the weights: of their file, or of the two hashes."""
        if self.ridges is None:
            return self.session.sha256
        return sha256(f"{self.session.sha256} {self.ridges.sha256}".encode()).hexdigest()


@cache
def latent_network() -> LatentNetwork:
    """Return the network that the service finds the minutiae of latents with.

    Raises:
        ModelMissing, ModelMismatch: as for `models.trained.trained_content`.
    """
    return opened_network(trained_content(WEIGHTS), trained_content(RIDGES))


def opened_network(content: bytes, ridges: bytes) -> LatentNetwork:
    """Open the bytes of files that `benchmarks.training.latents export` and `latent_ridges export` wrote.

    Raises:
        ValueError, KeyError: not such a file.
    """
    model = leader(content, quantised=False)
    with np.load(io.BytesIO(content)) as arrays:
        least = float(arrays["min_quality"])
    return LatentNetwork(
        ModelSession.open(WEIGHTS, sha256(content).hexdigest(), model, threads=1),
        least,
        ModelSession.open(RIDGES, sha256(ridges).hexdigest(), ridge_unet(ridges), threads=1),
    )
