"""The candidate list: which candidates of a search its reader sees, with a hint for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from biometrics.kernel.access import Unit
from biometrics.kernel.cases import Finding
from biometrics.kernel.evidence import Lead
from biometrics.kernel.record import Elsewhere, Record
from biometrics.matching.calibration import USUAL_FPIR, Score, threshold_for_fpir
from biometrics.matching.ranking import Ranked
from biometrics.matching.scoring import PersonScore
from biometrics.searches.model import (
    BOUNDED,
    COMPARED_WITH_ALL,
    ELSEWHERE_FPIR,
    LISTS,
    MODALITY,
    SOURCES,
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
    ranked: Ranked, named: Collection[str], gallery_size: int, target_fpir: float | None
) -> tuple[SearchCandidate, ...]:
    """Return those of the people found who are named, each with its lead over the next of all and a hint.

    `target_fpir` None, as of an investigation without a threshold, is taken for USUAL_FPIR in the hints.
    """
    threshold = threshold_for_fpir(USUAL_FPIR if target_fpir is None else target_fpir, gallery_size)
    inspected = min(threshold, threshold_for_fpir(INSPECTED_FPIR, gallery_size))
    listed = []
    for place, (record_id, person) in enumerate(ranked):
        if record_id not in named:
            continue
        decibans = person.score.decibans
        following = ranked[place + 1][1].score if place + 1 < len(ranked) else None
        gap = None if following is None else decibans - following.decibans
        if person.score.orders_only:
            hint = Hint.INSPECT
        elif place == 0 and decibans >= threshold and (gap is None or gap >= LEAD):
            hint = Hint.LIKELY
        else:
            hint = Hint.INSPECT if decibans >= inspected else Hint.NONE
        detail = _detail(person, gap, hint)
        if following is not None:
            detail[STATED_GAP] = max(0.0, person.score.evidence.decibans - following.evidence.decibans)
        listed.append(SearchCandidate(record_id, decibans, detail))
    return tuple(listed)


def candidates_elsewhere(
    ranked: Ranked, units: Mapping[str, Unit], thresholds: Collection[float]
) -> tuple[SearchCandidate, ...]:
    """Return the candidates that the searching unit does not see, each with the unit to call about them.

    The score of each is the highest of the operator's thresholds that it reaches.
    """
    listed = []
    for record_id, person in ranked:
        reached = [least for least in thresholds if person.score.decibans >= least]
        if reached and record_id in units:
            detail = _detail(person, None, Hint.INSPECT) | {"elsewhere": units[record_id].path}
            listed.append(SearchCandidate(record_id, max(reached), detail))
    return tuple(listed)


@dataclass(frozen=True)
class Shown:
    """A candidate that the reader may see; `person` is None if the record was removed since.

    `lead` is that of the first candidate over the second; None for all others. `rank` is that on its list.
    """

    candidate: SearchCandidate
    person: Record | None
    lead: Lead | None = None
    rank: int = 0

    @property
    def gap(self) -> float | None:
        """The decibans that its evidence is ahead of the next candidate's.

        None for the last, and where both lie beyond the bound: that it is ahead is known then, but not by how much.
        """
        candidate = self.candidate
        unknown = candidate.evidence.capped and candidate.ahead and candidate.gap == 0.0
        return None if unknown else candidate.gap


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
    assert stored.listed is not None, "the records store lists the people of a search that it returns"
    return candidate_list(stored.search, stored.search.candidates, stored.listed)


def candidate_list(search: Search, listed: Sequence[SearchCandidate], listed_people: ListedPeople) -> CandidateList:
    """Return the candidates of a search, or of its replay, that the reader may see; `listed_people` are their records.

    Hits of other units stay as they were reported: with the unit to call at the time of the search.
    """
    unscaled = search.is_latent and BOUNDED not in search.settings  # an old one of a latent
    lists: dict[str | None, list[Shown]] = {candidate.modality: [] for candidate in listed}
    order = list(lists)
    hits: dict[Unit, SearchCandidate | None] = {}
    is_by_stated = COMPARED_WITH_ALL in search.settings
    best_first = sorted(listed, key=lambda each: each.order if is_by_stated else each.decibans, reverse=True)
    for candidate in sorted(best_first, key=lambda each: order.index(each.modality)):
        person = listed_people.people.get(candidate.record_id)
        if isinstance(person, Elsewhere):
            if candidate.score >= search.threshold_elsewhere:
                unit = candidate.elsewhere or person.unit
                hits[unit] = hits.get(unit) or candidate
        elif person is None and _perhaps_elsewhere(listed_people, search, candidate):
            if candidate.elsewhere is not None and candidate.score >= search.threshold_elsewhere:
                hits.setdefault(candidate.elsewhere, None)
        else:
            shown, own = _without_scale(candidate) if unscaled else candidate, lists[candidate.modality]
            own.append(Shown(shown, person, None if own else shown.lead, rank=len(own) + 1))
    units = tuple(UnitHit(listed_people.contacts[unit], hits[unit]) for unit in sorted(hits))
    people = (line for own in lists.values() for line in own[: search.settings["max_candidates"]])
    return CandidateList(tuple(people), units)


def _perhaps_elsewhere(listed_people: ListedPeople, search: Search, removed: SearchCandidate) -> bool:
    """Return whether a removed record may have been one that the reader did not see.

    Old searches do not store this.
    """
    if listed_people.sees_all:
        return False
    return removed.elsewhere is not None or ELSEWHERE_FPIR not in search.settings


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
    content = {"decibans": score.decibans, "extrapolated": score.extrapolated, "low": score.low, "high": score.high}
    seen = {} if score.seen is None else {"seen": asdict(score.seen)}
    return content | {"bound": score.bound, "calibrated": score.calibrated, "ratio": score.ratio} | seen


def _without_scale(candidate: SearchCandidate) -> SearchCandidate:
    """Return a candidate for a latent, which had no scale, though it was stored as if it had."""
    detail = candidate.detail
    score = detail["score"] | {"calibrated": False}
    samples = [sample | {"score": sample["score"] | {"calibrated": False}} for sample in detail["samples"]]
    hint = Hint.INSPECT.value if detail["hint"] == Hint.LIKELY else detail["hint"]
    return replace(candidate, detail={**detail, "score": score, "samples": samples, "hint": hint})


def as_stored(listed: Sequence[SearchCandidate], settings: Mapping[str, Any]) -> tuple[SearchCandidate, ...]:
    """Return candidates in the form in which a search with these settings stored its own, for its replay."""
    lacking: set[str] = set() if LISTS in settings else {MODALITY}
    if SOURCES not in settings:
        lacking |= {"ratio", "counted"}
    if BOUNDED not in settings:
        lacking |= {"bound", "calibrated", STATED_GAP}
    return tuple(replace(candidate, detail=_without(candidate.detail, lacking)) for candidate in listed)


def _without(detail: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the detail of a candidate without some names in it, in its score, in its samples or in their scores."""

    def kept(content: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in content.items() if name not in names}

    samples = [kept(sample) | {"score": kept(sample["score"])} for sample in detail["samples"]]
    return kept(detail) | {"score": kept(detail["score"]), "samples": samples}


def finding(rank: int, candidate: SearchCandidate) -> Finding:
    """Return what a case states of a candidate at a rank."""
    return Finding(candidate.score, rank, candidate.detail["hint"], candidate.detail)
