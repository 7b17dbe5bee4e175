"""The candidate list: what an officer is told of each person found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from biometrics.calibration import Score, threshold_for_fpir
from biometrics.ranking import Ranked
from biometrics.records.store import RecordStore
from biometrics.records.values import Elsewhere, Record, Search, SearchCandidate
from biometrics.scoring import PersonScore

USUAL_FPIR = 0.001
INSPECTED_FPIR = 0.5  # somebody who is not on record reaches so high a score in every second search
LEAD = 10.0  # decibans ahead of the next, ten to one, of somebody who has no rival


class Hint(StrEnum):
    """What to make of a candidate. It decides nothing: an examiner does."""

    LIKELY = "likely"  # the first, above the threshold, and well ahead of the next
    INSPECT = "inspect"  # above the threshold beside or behind a rival, or below it but rarer than chance
    NONE = "none"  # no more than chance brings in most searches


def first(found: Ranked, limit: int) -> list[str]:
    """Return the first records of those found."""
    return [record_id for record_id, _ in found[:limit]]


def candidates(
    found: Ranked, named: Collection[str], gallery_size: int, target_fpir: float | None
) -> tuple[SearchCandidate, ...]:
    """Return those of the people found who are named, each with its lead over the next of all and a hint.

    `target_fpir` None, as of an investigation without a threshold, is taken for USUAL_FPIR in the hints.
    """
    threshold = threshold_for_fpir(USUAL_FPIR if target_fpir is None else target_fpir, gallery_size)
    inspected = min(threshold, threshold_for_fpir(INSPECTED_FPIR, gallery_size))
    listed = []
    for place, (record_id, person) in enumerate(found):
        if record_id not in named:
            continue
        decibans = person.score.decibans
        gap = decibans - found[place + 1][1].score.decibans if place + 1 < len(found) else None
        if place == 0 and decibans >= threshold and (gap is None or gap >= LEAD):
            hint = Hint.LIKELY
        else:
            hint = Hint.INSPECT if decibans >= inspected else Hint.NONE
        listed.append(SearchCandidate(record_id, decibans, _detail(person, gap, hint)))
    return tuple(listed)


@dataclass(frozen=True)
class Shown:
    """One line of a candidate list, as it is shown to somebody; `person` is None where the record was removed since."""

    candidate: SearchCandidate
    person: Record | Elsewhere | None

    @property
    def withheld(self) -> bool:
        """Whether all that may be told is that there is a hit, and whom to call."""
        return isinstance(self.person, Elsewhere)


def shown(
    store: RecordStore,
    search: Search,
    listed: Sequence[SearchCandidate],
    known: Mapping[str, Record | Elsewhere] | None = None,
) -> list[Shown]:
    """Return the candidates of a search, or of its replay, that whoever is acting may be told of, best first.

    Of people whom other units keep only the hits are, even in an investigation: scores at which an identification with
    the usual target would have named them. `known` are the people whom they name, where these were read already.
    """
    threshold = search.threshold
    if threshold is None:
        threshold = threshold_for_fpir(USUAL_FPIR, search.gallery_size)
    people = known or store.people([one.record_id for one in listed])
    lines = [Shown(one, people.get(one.record_id)) for one in listed]
    own = [line for line in lines if not line.withheld][: search.settings["max_candidates"]]
    hits = [line for line in lines if line.withheld and line.candidate.score >= threshold]
    return sorted([*own, *hits], key=lambda line: -line.candidate.score)


def _detail(person: PersonScore, gap: float | None, hint: Hint) -> dict[str, Any]:
    return {
        "score": _content(person.score),
        "gap": gap,
        "hint": hint.value,
        "samples": [
            {"probe": sample.probe.label, "sample_id": sample.sample_id, "score": _content(sample.score)}
            for sample in person.samples
        ],
    }


def _content(score: Score) -> dict[str, Any]:
    return {"decibans": score.decibans, "extrapolated": score.extrapolated, "low": score.low, "high": score.high}
