"""What a report says, in tables and plots; `page.py` and the terminal show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.metrics.groups import GroupRate
from benchmarks.metrics.intervals import Figure, interval
from benchmarks.metrics.likelihood import Validation
from benchmarks.reports.evaluation import PEERS
from benchmarks.reports.figures import (
    FMRS,
    FPIRS,
    GROUPS_FMR_AT,
    GROUPS_FNMR_AT,
    PROMISES,
    Accuracy,
    RateCurve,
    accuracy,
    finding,
    groups,
    promises,
    reduction,
)
from benchmarks.runs import chimeras, faces, fingerprints
from benchmarks.runs.score_set import OURS, ScoreSet, StoredEvaluation

Row = Sequence[object]


@dataclass(frozen=True)
class ReportTable:
    """Rows of text and figures under their heads."""

    heads: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class ReportSection:
    """A part of the report; `det` and `cmc` are curves to draw, by name, `ratios` those to draw two plots of each."""

    title: str
    tables: Sequence[ReportTable]
    note: str = ""
    det: Mapping[str, RateCurve] = field(default_factory=dict)
    cmc: Mapping[str, RateCurve] = field(default_factory=dict)
    ratios: Mapping[str, Validation] = field(default_factory=dict)


class EvaluationReport:
    """The sections of an evaluation. Figures of a set are worked out once."""

    def __init__(self, evaluation: StoredEvaluation, draws: int) -> None:
        """Take raw scores, and how many draws of subjects make an interval."""
        self.evaluation, self.draws = evaluation, draws
        self._accuracies: dict[tuple[str, str], Accuracy] = {}

    def sections(self) -> list[ReportSection]:
        """Return what there are scores for, in order."""
        all_of_them = [
            self.one_to_one(),
            self.searches(),
            *(self.fusion(part) for part in chimeras.PARTS.values()),
            self.promise(),
            self.likelihood(),
            *(self.peers(part) for part in PEERS.values()),
            self.sensors(),
            self.sexes(),
        ]
        return [section for section in all_of_them if any(table.rows for table in section.tables)]

    def one_to_one(self) -> ReportSection:
        """Fingerprints and faces separately, and in the plot composite people."""
        sets = self._score_sets_of(fingerprints.PART, faces.PART)
        det = {name: self._accuracy(score_set).det for name, score_set in sets.items()}
        det |= {f"{score_set.system} (made-up people)": self._accuracy(score_set).det for score_set in self._fused()}
        return ReportSection("One to one", [self._rates(sets, failures=True)], det=det)

    def searches(self) -> ReportSection:
        """One to many."""
        sets = self._score_sets_of(fingerprints.PART, faces.PART)
        sets |= {
            f"{score_set.system}, made-up people": score_set for score_set in self.evaluation.part(chimeras.PARTS[1])
        }
        rows, cmc = [], {}
        for name, score_set in sets.items():
            if score_set.searches:
                figure = finding(score_set.searches, self.draws)
                rows.append([name, f"{figure.searches:,}", f"{figure.gallery:,}", figure.rank1, *figure.fnir])
                cmc[name] = figure.cmc
        heads = ["of", "searches", "people searched", "rank 1", *(f"FNIR at FPIR {100 * fpir:g} %" for fpir in FPIRS)]
        note = (
            "Rank 1: the mate comes first of everyone (closed set). FNIR: the mate is missed at the threshold at which "
            "that share of searches whose mate is left out of the gallery still returns a candidate. The gallery is "
            "fixed."
        )
        return ReportSection("Searches", [ReportTable(heads, rows)], note, cmc=cmc)

    def fusion(self, part: str) -> ReportSection:
        """Made-up people: each sample alone and fused, and what fusion takes away of the FNMR."""
        sets = {score_set.system: score_set for score_set in self.evaluation.part(part)}
        rows = [
            [f"{fused}, against the {alone} alone", *self._cuts(sets[alone], sets[fused])]
            for fused in sets
            for alone in sets
            if fused not in chimeras.ALONE and alone in chimeras.ALONE and alone != "face"
        ]
        heads = ["FNMR taken away by fusion", *(f"at FMR {_share(fmr)}" for fmr in FMRS)]
        protocol = next((score_set.protocol for score_set in sets.values()), "")
        note = (
            f"{protocol} Yardstick (NISTIR 7346, 187,000 real people, at FMR 1/10,000): a face added to one finger "
            "took 64 to 85 % of the false non-matches away, a second finger 48 to 90 %."
        )
        det = {name: self._accuracy(score_set).det for name, score_set in sets.items()}
        return ReportSection(f"Fusion: {part}", [self._rates(sets), ReportTable(heads, rows)], note, det=det)

    def _cuts(self, alone: ScoreSet, fused: ScoreSet) -> list[Figure]:
        before, after = self._accuracy(alone), self._accuracy(fused)
        return [reduction(before, after, fmr_index, f"the {alone.system} alone") for fmr_index in range(len(FMRS))]

    def promise(self) -> ReportSection:
        """What a score in decibans claims, and what was observed."""
        sets = self._score_sets_of(fingerprints.PART, faces.PART)
        sets |= {f"{score_set.system}, made-up people": score_set for score_set in self._fused()}
        rows = [[name, *promises(score_set, self.draws)] for name, score_set in sets.items()]
        heads = ["FMR seen", *(f"at {level:g} decibans: {_share(10 ** (-level / 10))}" for level in PROMISES)]
        return ReportSection("What a score in decibans promises", [ReportTable(heads, rows)])

    def likelihood(self) -> ReportSection:
        """Likelihood ratios of every set with mated comparisons: what they cost, and their plots."""
        rows: list[Row] = []
        plotted = {}
        for score_set in self.evaluation.sets:
            name = f"{score_set.part}: {score_set.system}"
            try:
                ratios = Validation.by_halves(score_set.scores, score_set.sides)
            except ValueError:
                continue  # a half has no mated comparison, so that there is nothing to learn from
            low, high = ratios.bounds
            counts = f"{len(ratios.mated):,}, {len(ratios.non_mated):,}"
            capped = ratios.capped()
            rows.append([name, counts, f"{capped.cllr:.3f}", f"{capped.cllr_min:.3f}", f"{low:.2f} to {high:.2f}"])
            plotted[name] = capped
        note = (
            "A logistic regression on half of the subjects turns the scores of the other half into likelihood ratios, "
            "both ways. Cllr: 0 is perfect, 1 says nothing. Cllr-min: what remains if the ratios were the best "
            "possible for this order of scores. Bounds (ELUB), as powers of ten: no ratio is stated beyond them."
        )
        heads = ["of", "comparisons mated, non-mated", "Cllr", "Cllr-min", "bounds"]
        return ReportSection("Likelihood ratios", [ReportTable(heads, rows)], note, ratios=plotted)

    def peers(self, part: str) -> ReportSection:
        """Pehchan and other systems, on the same pairs in the same run."""
        sets = {score_set.system: score_set for score_set in self.evaluation.part(part)}
        rows: list[Row] = []
        for name, score_set in sets.items():
            figures = self._accuracy(score_set)
            better = ""
            if name != OURS:
                low, high = interval(figures.draws[:, [0]] - self._accuracy(sets[OURS]).draws[:, [0]])[:, 0]
                better = f"{100 * low:+.2f} to {100 * high:+.2f} points"
            version = score_set.model[:16] if name == OURS else score_set.model
            rows.append([f"{name} ({version})", figures.fta, figures.eer, better, *figures.fnmr[:2]])
        rows += [[name, why, *[""] * 4] for of, name, why in self.evaluation.absent if of == part]
        heads = ["system", "FTA", "EER", "EER less ours", *(f"FNMR at FMR {_share(fmr)}" for fmr in FMRS[:2])]
        protocol = next((score_set.protocol for score_set in sets.values()), "")
        note = f"{protocol} Images without a template count as not matching, for everyone alike."
        det = {name: self._accuracy(score_set).det for name, score_set in sets.items()}
        return ReportSection(part[0].upper() + part[1:], [ReportTable(heads, rows)], note, det=det)

    def sensors(self) -> ReportSection:
        """Sensors side by side."""
        tables = [self._groups(score_set, "sensor") for score_set in self.evaluation.part(fingerprints.PART)]
        return ReportSection("Groups: sensors", tables, _GROUPS_NOTE)

    def sexes(self) -> ReportSection:
        """Men and women side by side."""
        tables = [self._groups(score_set, "sex") for score_set in self.evaluation.part(fingerprints.PART_SEXES)]
        note = (
            f"{_GROUPS_NOTE} One print a finger, so no FNMR. The calibration was made from this same data set. LFW "
            "tells no sex, and no set here an age or a station."
        )
        return ReportSection("Groups: sex", tables, note)

    def _groups(self, score_set: ScoreSet, kind: str) -> ReportTable:
        rates = groups(score_set, kind, self.draws).items()
        rows = [
            [name, fmr.rate, _p(fmr), *([fnmr.rate, _p(fnmr)] if score_set.mated.any() else [])]
            for name, (fnmr, fmr) in rates
        ]
        heads = [kind, f"FMR at {GROUPS_FMR_AT:g} decibans", "p"]
        return ReportTable(
            heads + ([f"FNMR at {GROUPS_FNMR_AT:g} decibans", "p"] if score_set.mated.any() else []), rows
        )

    def _rates(self, sets: Mapping[str, ScoreSet], failures: bool = False) -> ReportTable:
        heads = ["of", "comparisons mated, non-mated", *(["FTA", "FTE"] if failures else []), "EER"]
        rows = []
        for name, score_set in sets.items():
            figures = self._accuracy(score_set)
            failed = [figures.fta, figures.fte] if failures else []
            rows.append([name, f"{figures.mated:,}, {figures.non_mated:,}", *failed, figures.eer, *figures.fnmr])
        return ReportTable([*heads, *(f"FNMR at FMR {_share(fmr)}" for fmr in FMRS)], rows)

    def _accuracy(self, score_set: ScoreSet) -> Accuracy:
        key = (score_set.part, score_set.system)
        if key not in self._accuracies:
            self._accuracies[key] = accuracy(score_set, self.draws)
        return self._accuracies[key]

    def _score_sets_of(self, *parts: str) -> dict[str, ScoreSet]:
        return {part: score_set for part in parts for score_set in self.evaluation.part(part)}

    def _fused(self) -> list[ScoreSet]:
        return [score_set for score_set in self.evaluation.part(chimeras.PARTS[1]) if "+" in score_set.system]


_GROUPS_NOTE = (
    "p: whether a group differs from all the others together, adjusted for the number of groups (Holm); FNMR by "
    "exchanging subjects, FMR by drawing them, where there are ten false matches or more on both sides. Pairs of one "
    "group only."
)


def _p(group: GroupRate) -> str:
    return "not tested" if group.p is None else f"{group.p:.2g}"


def _share(rate: float) -> str:
    return f"1/{np.round(1 / rate):,.0f}"
