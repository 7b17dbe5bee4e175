"""The score of a latent and a print: of their minutiae and ridges, and of the descriptions of their minutiae."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint.codec import decode_described, is_latent
from fingerprint.described import Described
from fingerprint.latents.descriptors import describe, evidence, network_mark, weight_of, with_evidence
from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.kernels.surroundings import ridge_cells
from fingerprint.matching.views import Aspects, match_latent
from models.session import ModelSession

DESCRIBED_KEPT = 4000  # prints whose descriptions are kept; one takes some 13 kB: 52 MB in all


class Compared(NamedTuple):
    """A template's bytes, and its views ready to match."""

    data: bytes
    aspects: Aspects


class LatentComparison:
    """Compares latents with prints. Safe to share between threads."""

    def __init__(self, session: ModelSession | None, capacity: int = DESCRIBED_KEPT) -> None:
        """Describe prints by the network of `session`, and keep the last descriptions; without one there are none."""
        self._session, self._kept = session, capacity
        self._network = network_mark(session) if session else b""
        self._lock = threading.Lock()
        self._last: OrderedDict[bytes, Described] = OrderedDict()

    def scores(self, probe: Compared, candidates: Sequence[Compared]) -> NDArray[np.float64]:
        """Return the similarity of `probe` to each candidate, one of the two being a latent: 0 to 1, shape (n,)."""
        scores = match_latent(probe.aspects, [candidate.aspects for candidate in candidates])
        if self._session is None:
            return scores
        of_probe = decode_described(probe.data)
        for number, candidate in enumerate(candidates):
            if is_latent(probe.data) and not is_latent(candidate.data):
                scores[number] = self._changed(scores[number], probe, of_probe, candidate)
            elif is_latent(candidate.data) and not is_latent(probe.data):
                scores[number] = self._changed(scores[number], candidate, decode_described(candidate.data), probe)
        return scores

    def _changed(self, score: float, latent: Compared, latent_described: Described, print_: Compared) -> float:
        """Return a score changed by the descriptions of a latent and a print, where both have some by the network."""
        if (
            not len(latent_described.descriptions)
            or latent_described.network != self._network
            or weight_of(len(latent_described.descriptions)) == 0.0
        ):
            return score
        other = self._described(print_)
        if not len(other.descriptions):
            return score
        ridges = latent.aspects[0][0].ridges, print_.aspects[0][0].ridges
        return with_evidence(score, evidence(latent_described, other, ridges), len(latent_described.descriptions))

    def _described(self, print_: Compared) -> Described:
        """Return the descriptions of a print's minutiae, by the ridges in its template."""
        assert self._session
        with self._lock:
            if print_.data in self._last:
                self._last.move_to_end(print_.data)
                return self._last[print_.data]
        prepared: PreparedPrint = print_.aspects[0][0]
        described = describe(self._session, ridge_cells(prepared.ridges), prepared.points)
        with self._lock:
            self._last[print_.data] = described
            while len(self._last) > self._kept:
                self._last.popitem(last=False)
        return described
