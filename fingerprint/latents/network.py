"""The networks that read latents: LEADER, trained further on them, and one that sees their ridges (docs/latents.md)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from models.arrays import arrays_in
from models.session import ModelSession
from models.trained import trained_content

MIN_QUALITY = 0.2  # of a minutia of a latent that the published LEADER finds; of other prints it keeps only surer ones
WEIGHTS, RIDGES, SURROUNDINGS = "latents", "ridges", "surroundings"  # in models/trained


class LatentNetwork(NamedTuple):
    """What reads latents: a session on LEADER or a further training of it, and the least quality of a minutia.

    `ridges` sees the ridges (`fingerprint.latents.ridges`); without it they are those that filters draw. `surroundings`
    describes the ridges around minutiae (`fingerprint.latents.descriptors`); without it they say nothing.
    """

    session: ModelSession
    min_quality: float = MIN_QUALITY
    ridges: ModelSession | None = None
    surroundings: ModelSession | None = None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) by which a reading of a latent names the weights: of a file, or of several hashes."""
        hashes = [network.sha256 for network in (self.session, self.ridges, self.surroundings) if network]
        return hashes[0] if len(hashes) == 1 else sha256(" ".join(hashes).encode()).hexdigest()


@cache
def latent_network() -> LatentNetwork:
    """Return the network that the service finds the minutiae of latents with.

    Raises:
        ModelMissing, ModelMismatch: as for `models.trained.trained_content`.
    """
    return opened_network(*map(trained_content, (WEIGHTS, RIDGES, SURROUNDINGS)))


def opened_network(content: bytes, ridges: bytes, surroundings: bytes) -> LatentNetwork:
    """Return the networks in files that the trainings of `latents`, `latent_ridges` and `descriptors` exported.

    They are opened when the first latent is read. What they are made with, onnx,.

    Raises:
        ValueError, KeyError: not such a file.
    """

    def minutiae() -> bytes:
        from models.leader.network import leader

        return leader(content, quantised=False)

    def seen_ridges() -> bytes:
        from models.ridge_unet import ridge_unet

        return ridge_unet(ridges)

    def described() -> bytes:
        from models.surroundings import surroundings_network

        return surroundings_network(surroundings)

    with arrays_in(content) as arrays:
        min_quality = float(arrays["min_quality"])
    return LatentNetwork(
        _deferred(WEIGHTS, content, minutiae),
        min_quality,
        _deferred(RIDGES, ridges, seen_ridges),
        _deferred(SURROUNDINGS, surroundings, described),
    )


def _deferred(name: str, content: bytes, model: Callable[[], bytes]) -> ModelSession:
    return ModelSession.deferred(name, sha256(content).hexdigest(), model, threads=1)
