"""Rates of searches one to many: rank, CMC, FPIR, FNIR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.verification import ScoredSide, VerificationScores, Weights


@dataclass(frozen=True)
class Searches:
    """What searches of one gallery found, one row a probe, each of shape (n,).

    `subjects` numbers the person of each probe; `mated` is the score of their template in the gallery, `others` the
    highest score of any other person. A search whose mate is left out would have `others` at its top, so every
    search stands for a non-mated one too.
    """

    subjects: Indices
    mated: Scores
    others: Scores
    ranks: Indices
    gallery: int

    @classmethod
    def of(cls, scores: Scores, mates: Indices, subjects: Indices) -> Searches:
        """Take from the scores of all probes with the whole gallery.

        A tie with a non-mate counts against the mate. A probe or a mate that gave no template ranks last.

        Args:
            scores: shape (probes, gallery).
            mates: each probe's column, shape (probes,).
            subjects: the person of each probe, shape (probes,).
        """
        rows = np.arange(len(scores))
        mated = scores[rows, mates]
        non_mated = scores.copy()
        non_mated[rows, mates] = -np.inf
        ranks = 1 + np.count_nonzero(non_mated >= mated[:, None], axis=1) - np.isneginf(mated)
        return cls(subjects, mated, non_mated.max(axis=1), ranks.astype(np.int64), scores.shape[1])

    def cmc(self, weights: Weights | None = None) -> Scores:
        """Return the share of searches whose mate is among the first 1, 2, … of the gallery (closed set).

        Shape (gallery,). A mate without a score is never found.
        """
        counts = np.ones(len(self.ranks)) if weights is None else weights[self.subjects].astype(np.float64)
        counts_found = np.where(np.isneginf(self.mated), 0.0, counts)
        at_rank = np.bincount(self.ranks - 1, counts_found, minlength=self.gallery)
        return np.asarray(np.cumsum(at_rank) / counts.sum(), dtype=np.float64)

    def fpir(self, thresholds: Scores) -> Scores:
        """Return the share of non-mated searches in which anybody scores at least each threshold."""
        return self.open_set().fmr(thresholds)

    def fnir(self, thresholds: Scores) -> Scores:
        """Return the share of mated searches in which the mate scores below each threshold."""
        return self.open_set().fnmr(thresholds)

    def fnir_at_fpir(self, fpir: Scores, weights: Weights | None = None) -> Scores:
        """Return, for each false positive identification rate, the lowest FNIR that keeps it."""
        return self.open_set().fnmr_at_fmr(fpir, weights)

    def open_set(self) -> VerificationScores:
        """Return the searches as comparisons: of each probe with its mate, and with the best of the others."""
        return VerificationScores(ScoredSide(self.mated, self.subjects), ScoredSide(self.others, self.subjects))
