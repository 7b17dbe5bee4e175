"""What a scale states of strangers, against what they show, and of mates: for single samples and for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.calibration.claimed_rates import CLAIMED, ClaimedRateRow, rate_rows
from benchmarks.calibration.compared_sets import ComparedSet
from benchmarks.calibration.fitting import NonMated
from benchmarks.metrics import Scores
from benchmarks.runs.protocols import SEED
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.calibration import Calibration, Score, threshold_for_fpir
from biometrics.matching.fusion import fuse
from fingerprint.modality import FINGERPRINT

ABOVE = (20.0, 30.0, 40.0, 60.0)  # decibans stated of mates
FPIRS, PEOPLE = (0.01, 0.001), (1_000, 1_000_000)
SAMPLE, PERSON = "shipped", "shipped, people"
FINGERS = 5  # of a person, at least, for comparisons of people
MOST_PEOPLE = 50_000  # comparisons of two people, or of a person's mates


@dataclass(frozen=True)
class Stated:
    """Comparisons as a scale states them: decibans stated, and those that are compared with thresholds; (n,) each."""

    low_end: Scores
    decibans: Scores

    @classmethod
    def of(cls, scores: Sequence[Score]) -> Stated:
        """Take what is stated of scores."""
        return cls(np.array([score.stated for score in scores]), np.array([score.decibans for score in scores]))

    @classmethod
    def of_raw(cls, scale: Calibration, raw: Scores) -> Stated:
        """State raw scores by a scale."""
        low = np.minimum(scale.low.at_each(raw) * scale.spread[0], scale.bound)
        decibans = scale.curve.at_each(raw)
        return cls(np.minimum(low, decibans), decibans)


@dataclass(frozen=True)
class SetEvidence:
    """The rows of one set: what strangers show, what mates are given, and how many of them a search misses."""

    rows: list[ClaimedRateRow]
    mates_above: dict[str, dict[str, float]]
    fnir: list[dict[str, Any]]

    def content(self) -> list[dict[str, Any]]:
        """Return the rows as plain JSON; `mates_above` is null without mates."""
        return [row.content() | {"mates_above": self.mates_above.get(row.scale)} for row in self.rows]


def evidence_of(scale: Calibration, compared: ComparedSet, modality: Modality) -> SetEvidence:
    """Look at one set."""
    strangers = compared.strangers
    claims = Stated.of_raw(scale, strangers.scores)
    rows = rate_rows(compared.name, modality, SAMPLE, claims.low_end, strangers.subjects)
    evidence = SetEvidence(rows, {}, [])
    if len(compared.mated):
        _add_mates(evidence, compared.name, SAMPLE, Stated.of_raw(scale, compared.mated))
    if compared.fingers is not None:
        people, subjects = _people(scale, strangers, compared.fingers)
        if len(subjects):
            rows += rate_rows(compared.name, modality, PERSON, Stated.of(people).low_end, subjects)
    elif modality is FINGERPRINT:
        strangers_of_ten, mates_of_ten = _made_up_people(scale, compared)
        if strangers_of_ten:
            subjects = np.arange(2 * len(strangers_of_ten)).reshape(-1, 2)
            rows += rate_rows(compared.name, modality, PERSON, Stated.of(strangers_of_ten).low_end, subjects)
            if mates_of_ten:
                _add_mates(evidence, compared.name, PERSON, Stated.of(mates_of_ten))
    return evidence


def _add_mates(evidence: SetEvidence, name: str, scale: str, mates: Stated) -> None:
    evidence.mates_above[scale] = {f"{level:g}": round(float(np.mean(mates.low_end >= level)), 4) for level in ABOVE}
    evidence.fnir.extend(
        {
            "set": name,
            "scale": scale,
            "fpir": fpir,
            "people": people,
            "fnir": round(float(np.mean(mates.decibans < threshold_for_fpir(fpir, people))), 5),
            "mates": len(mates.decibans),
        }
        for people in PEOPLE
        for fpir in FPIRS
    )


def _people(
    scale: Calibration, strangers: NonMated, fingers: NDArray[np.int64]
) -> tuple[list[Score], NDArray[np.int64]]:
    """Return the scores of pairs of people, and who they are: all fingers that both have, if FINGERS or more."""
    first = fingers[strangers.pairs[:, 0]]
    low, high = strangers.subjects.min(axis=1), strangers.subjects.max(axis=1)
    order = np.lexsort((first, high, low))
    pairs = np.stack([low, high], axis=1)[order]
    starts = np.flatnonzero(np.append(True, (np.diff(pairs, axis=0) != 0).any(axis=1)))
    groups = [
        rows_of_pair for rows_of_pair in np.split(order, starts[1:]) if len(np.unique(first[rows_of_pair])) >= FINGERS
    ]
    if len(groups) > MOST_PEOPLE:
        chosen = np.random.default_rng(SEED).choice(len(groups), MOST_PEOPLE, replace=False)
        groups = [groups[index] for index in np.sort(chosen)]
    scored = []
    for group in groups:
        _, one_each = np.unique(first[group], return_index=True)
        scored.append(fuse([scale.score(float(raw)) for raw in strangers.scores[group[one_each]]]))
    return scored, np.array([[low[group[0]], high[group[0]]] for group in groups], np.int64).reshape(-1, 2)


def _made_up_people(scale: Calibration, compared: ComparedSet) -> tuple[list[Score], list[Score]]:
    """Return scores of a made-up person of all fingers of a set: with others, whose fingers are shuffled, and mates.

    Each impression of the fingers is one encounter of the person.
    """
    names, places = np.unique(compared.everyone.subjects, return_inverse=True)
    subjects, count, rng = places.reshape(-1, 2), len(names), np.random.default_rng(SEED)
    if count < FINGERS:
        return [], []
    by_pair: dict[tuple[int, int], Scores] = {}
    codes = subjects.min(axis=1) * count + subjects.max(axis=1)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(codes[order]) != 0))
    for group in np.split(order, starts[1:]):
        one, other = sorted(subjects[group[0]].tolist())
        by_pair[one, other] = compared.everyone.scores[group]
    non_mated = []
    for _ in range(MOST_PEOPLE // 10):
        shuffled = rng.permutation(count)
        if (shuffled == np.arange(count)).any():
            continue
        drawn = [rng.choice(by_pair[min(f, t), max(f, t)]) for f, t in enumerate(shuffled.tolist())]
        non_mated.append(fuse([scale.score(float(raw)) for raw in drawn]))
    of_finger = [compared.mated[compared.mated_subjects == name] for name in names]
    if min(map(len, of_finger)) == 0:
        return non_mated, []
    mates = [
        fuse([scale.score(float(rng.choice(raws))) for raws in of_finger]) for _ in range(min(len(compared.mated), 500))
    ]
    return non_mated, mates


def evidence_tables(evidence: Sequence[SetEvidence]) -> list[Table]:
    """Show what was found: a line for each set and scale."""
    observed = Table("set", "scale", "pairs", *(f"at {claimed:g}" for claimed in CLAIMED), title="decibans seen (95 %)")
    mates = Table("set", "scale", *(f"{level:g}" for level in ABOVE), title="share of mates stated at this or above")
    missed = Table("set", "scale", *(f"{people:,} at {100 * fpir:g} %" for people in PEOPLE for fpir in FPIRS))
    missed.title = "FNIR (%) among so many people at an FPIR of"
    for table in (observed, mates, missed):
        table.columns[0].overflow = "fold"
    for set_evidence in evidence:
        for start in range(0, len(set_evidence.rows), len(CLAIMED)):
            rows = set_evidence.rows[start : start + len(CLAIMED)]
            observed.add_row(rows[0].set, rows[0].scale, f"{rows[0].pairs:,}", *(row.cell for row in rows))
        for scale, above in set_evidence.mates_above.items():
            mates.add_row(set_evidence.rows[0].set, scale, *(f"{share:.1%}" for share in above.values()))
            rates = [row["fnir"] for row in set_evidence.fnir if row["scale"] == scale]
            missed.add_row(set_evidence.rows[0].set, scale, *(f"{100 * rate:.2f}" for rate in rates))
    return [observed, mates, missed]
