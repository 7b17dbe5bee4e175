"""The candidate list: which candidates of a search its reader sees, with a hint for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import Finding
from biometrics.kernel.people.record import Elsewhere, Record
from biometrics.kernel.recognition.evidence import Lead
from biometrics.matching.calibration import USUAL_FPIR, Score, threshold_for_fpir
from biometrics.matching.ranking import Ranked
from biometrics.matching.scoring import PersonScore
from biometrics.searches.model import (
    STATED_GAP,
    ListedPeople,
    Search,
    SearchCandidate,
    StoredSearch,
)

INSPECTED_FPIR = 0.5  # half of the searches for people not on record reach this score
LEAD = 10.0  # decibans ahead of the next candidate, ten to one, that make a clear lead


class Hint(StrEnum):
    """What to make of a candidate. It decides nothing: an examiner does.

    Without a scale that leads to a verdict, as of a latent, all are to be inspected.
    """

    LIKELY = "likely"  # the first, above the threshold, and well ahead of the next if there is one
    INSPECT = "inspect"  # above the threshold but close to a rival, or below it but rarer than chance
    NONE = "none"  # no more than chance brings in most searches


def first(ranked: Ranked, limit: int) -> list[str]:
    """Return the first records of those found."""
    return [record_id for record_id, _ in ranked[:limit]]


def candidates(
    ranked: Ranked, chosen_ids: Collection[str], gallery_size: int, target_fpir: float | None
) -> tuple[SearchCandidate, ...]:
    """Return the ranked people with `chosen_ids`, each with its lead over the next of all and a hint.

    `target_fpir` None, as of an investigation without a threshold, is taken for USUAL_FPIR in the hints.
    """
    threshold = threshold_for_fpir(USUAL_FPIR if target_fpir is None else target_fpir, gallery_size)
    inspected = min(threshold, threshold_for_fpir(INSPECTED_FPIR, gallery_size))
    candidates_in_order = []
    for index, (record_id, person) in enumerate(ranked):
        if record_id not in chosen_ids:
            continue
        decibans = person.score.decibans
        following = ranked[index + 1][1].score if index + 1 < len(ranked) else None
        gap = None if following is None else decibans - following.decibans
        if person.score.orders_only:
            hint = Hint.INSPECT
        elif index == 0 and decibans >= threshold and (gap is None or gap >= LEAD):
            hint = Hint.LIKELY
        else:
            hint = Hint.INSPECT if decibans >= inspected else Hint.NONE
        detail = _detail(person, gap, hint)
        if following is not None:
            detail[STATED_GAP] = max(0.0, person.score.evidence.decibans - following.evidence.decibans)
        candidates_in_order.append(SearchCandidate(record_id, decibans, detail))
    return tuple(candidates_in_order)


def candidates_elsewhere(
    ranked: Ranked, units: Mapping[str, Unit], thresholds: Collection[float]
) -> tuple[SearchCandidate, ...]:
    """Return the candidates that the searching unit does not see, each with the unit to call about them.

    The score of each is the highest of the operator's thresholds that it reaches.
    """
    reported = []
    for record_id, person in ranked:
        thresholds_met = [threshold for threshold in thresholds if person.score.decibans >= threshold]
        if thresholds_met and record_id in units:
            detail = _detail(person, None, Hint.INSPECT) | {"elsewhere": units[record_id].path}
            reported.append(SearchCandidate(record_id, max(thresholds_met), detail))
    return tuple(reported)


@dataclass(frozen=True)
class Shown:
    """A candidate that the reader may see; `person` is None if the record was removed since.

    `rank` is that on its list. `merged` are the candidates that followed it on the list, and lead to the same record
    since: the person is listed once.
    """

    candidate: SearchCandidate
    person: Record | None
    rank: int = 0
    merged: tuple[SearchCandidate, ...] = ()

    @property
    def lead(self) -> Lead | None:
        """That of the first candidate over the second; None for all others."""
        gaps = [candidate.detail["gap"] for candidate in (self.candidate, *self.merged)]
        if self.rank != 1 or None in gaps or self.candidate.evidence.orders_only:
            return None
        return Lead.stated(sum(gaps))

    def hint(self, threshold: float | None) -> Hint:
        """What to make of it: the stored hint, but for one whose rivals were the same person."""
        stored_hint, lead = Hint(self.candidate.detail["hint"]), self.lead
        if not self.merged or threshold is None or self.rank != 1 or self.candidate.decibans < threshold:
            return stored_hint
        gaps = [candidate.detail["gap"] for candidate in (self.candidate, *self.merged)]
        return Hint.LIKELY if lead is None or sum(gaps) >= LEAD else stored_hint

    @property
    def gap(self) -> float | None:
        """The decibans that its evidence is ahead of the next candidate's.

        None for the last, and where both lie beyond the bound: that it is ahead is known then, but not by how much.
        """
        candidates = (self.candidate, *self.merged)
        gaps = [candidate.gap for candidate in candidates if candidate.gap is not None]
        is_ahead = any(candidate.ahead for candidate in candidates)
        unknown = self.candidate.evidence.capped and is_ahead and sum(gaps) == 0.0
        return None if unknown or len(gaps) < len(candidates) else sum(gaps)


@dataclass(frozen=True)
class UnitHit:
    """A hit that another unit keeps, and how to call it.

    `best` is the best such candidate whose record still exists: for a case of examiners, and never shown.
    """

    unit: Elsewhere
    best: SearchCandidate | None


@dataclass(frozen=True)
class CandidateList:
    """A candidate list as its reader sees it: the visible people, best first, and the other units that have a hit.

    Of a latent, `people` has those most like it among fingers, then those among palms, each in an order of its own.
    `elsewhere` names each unit once, in the order of their codes. The number of hits and their ranking stay hidden.
    """

    people: tuple[Shown, ...]
    elsewhere: tuple[UnitHit, ...]


def stored_candidates(stored: StoredSearch) -> CandidateList:
    """Return the candidates of a stored search that its reader may see."""
    assert stored.listed_people is not None, "the records store lists the people of a search that it returns"
    return candidate_list(stored.search, stored.search.candidates, stored.listed_people)


def candidate_list(
    search: Search, all_candidates: Sequence[SearchCandidate], listed_people: ListedPeople
) -> CandidateList:
    """Return the candidates of a search, or of its replay, that the reader may see; `listed_people` are their records.

    Hits of other units stay as they were reported: with the unit to call at the time of the search.
    """
    lists: dict[str | None, list[Shown]] = {candidate.modality: [] for candidate in all_candidates}
    order = list(lists)
    hits: dict[Unit, SearchCandidate | None] = {}
    best_first = sorted(all_candidates, key=lambda each: each.order, reverse=True)
    for candidate in sorted(best_first, key=lambda each: order.index(each.modality)):
        person = listed_people.people.get(candidate.record_id)
        if isinstance(person, Elsewhere):
            if candidate.score >= search.threshold_elsewhere:
                unit = candidate.elsewhere or person.unit
                hits[unit] = hits.get(unit) or candidate
        elif person is None and candidate.elsewhere is not None and not listed_people.sees_all:
            if candidate.score >= search.threshold_elsewhere:
                hits.setdefault(candidate.elsewhere, None)
        else:
            own_list = lists[candidate.modality]
            listed = [line.person.id for line in own_list if line.person]
            if person is None or person.id not in listed:
                own_list.append(Shown(candidate, person, rank=len(own_list) + 1))
            elif listed[-1] == person.id and own_list[-1].person:
                own_list[-1] = replace(own_list[-1], merged=(*own_list[-1].merged, candidate))
    units = tuple(UnitHit(listed_people.contacts[unit], hits[unit]) for unit in sorted(hits))
    people = (line for lines in lists.values() for line in lines[: search.settings["max_candidates"]])
    return CandidateList(tuple(people), units)


def _detail(person: PersonScore, gap: float | None, hint: Hint) -> dict[str, Any]:
    return {
        "score": _content(person.score),
        "gap": gap,
        "hint": hint.value,
        "samples": [
            {
                "probe": sample.probe.label,
                "sample_id": sample.sample_id,
                "score": _content(sample.score),
                "counted": sample.counted,
            }
            for sample in person.samples
        ],
    }


def _content(score: Score) -> dict[str, Any]:
    """Return what a search stores of a score.

    What is at its default is left out, so that a field that is added leaves the replays of earlier searches the same.
    """
    content: dict[str, Any] = {
        "decibans": score.decibans,
        "extrapolated": score.extrapolated,
        "low": score.low,
        "high": score.high,
        "bound": score.bound,
        "calibrated": score.calibrated,
        "ratio": score.ratio,
    }
    content |= {"is_poor": True} if score.is_poor else {}
    return content | ({} if score.seen is None else {"seen": asdict(score.seen)})


def finding(rank: int, candidate: SearchCandidate) -> Finding:
    """Return the finding of a case about a candidate at a rank."""
    return Finding(candidate.score, rank, candidate.detail["hint"], candidate.detail)
