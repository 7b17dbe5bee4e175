"""Identification: whose samples are these? (1:N)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from biometrics.calibration import Score, threshold_for_fpir
from biometrics.engine import Engine
from biometrics.errors import InvalidField
from biometrics.fusion import fuse
from biometrics.labels import EVERYBODY, Filter
from biometrics.ports import Hits
from biometrics.records.values import Search, SearchCandidate, SearchProbe, StoredSearch
from biometrics.scoring import PersonScore, score_person
from biometrics.types import Probe, Sample

MAX_CANDIDATES = 100
RESCORED_PER_CANDIDATE = 2  # people compared in full for each candidate asked for


@dataclass(frozen=True)
class SearchRequest:
    """What to search with, and for what.

    `target_fpir` is the accepted chance that a search for somebody who is not in the gallery returns anybody above
    the threshold. `where` says whom the search is about; who they are and where their samples were taken, not what is on
    the samples: a person who meets it is compared in full.
    """

    samples: Sequence[Sample]
    max_candidates: int = 10
    target_fpir: float = 0.001
    case_number: str = ""
    officer: str = ""
    where: Filter = EVERYBODY

    def __post_init__(self) -> None:
        """Refuse what cannot be searched."""
        if not 1 <= self.max_candidates <= MAX_CANDIDATES:
            raise InvalidField(f"max_candidates is {self.max_candidates}; ask for 1 to {MAX_CANDIDATES}.")
        if not 0 < self.target_fpir < 1:
            raise InvalidField(f"target_fpir is {self.target_fpir:g}; give a rate between 0 and 1, such as 0.001.")


def identify(engine: Engine, request: SearchRequest) -> StoredSearch:
    """Search all records, prints and photos together; store the search with its candidates, best first.

    Raises:
        InvalidInput: a sample is unusable; nothing was searched or written.
    """
    extracted = engine.extract(request.samples)
    probes = [sample.probe for sample in extracted]
    sequence = engine.store.last_sequence()  # read first: the galleries hold at least this when they answer
    gallery_size = engine.store.record_count()
    limit = request.max_candidates * RESCORED_PER_CANDIDATE
    people = _score_people(engine, probes, _shortlist(engine, probes, request.where, limit))
    search = Search(
        case_number=request.case_number,
        officer=request.officer,
        settings={
            "target_fpir": request.target_fpir,
            "max_candidates": request.max_candidates,
            "where": request.where.content(),
        },
        gallery_size=gallery_size,
        sequence=sequence,
        threshold=threshold_for_fpir(request.target_fpir, gallery_size),
        probes=tuple(
            SearchProbe(probe, sha256(sample.sample.content).hexdigest())
            for probe, sample in zip(probes, extracted, strict=True)
        ),
        candidates=tuple(_candidate(record_id, person) for record_id, person in people[: request.max_candidates]),
    )
    return engine.store.search(engine.store.save_search(search))


def _score_people(engine: Engine, probes: Sequence[Probe], record_ids: Sequence[str]) -> list[tuple[str, PersonScore]]:
    """Compare the probes with everything that each record holds, also what the shortlist did not name."""
    templates = engine.store.templates_of(record_ids, engine.models)
    scored = [(record_id, score_person(engine, probes, templates.get(record_id, ()))) for record_id in record_ids]
    found = [(record_id, person) for record_id, person in scored if person is not None]
    return sorted(found, key=lambda candidate: -candidate[1].score.decibans)


def _candidate(record_id: str, person: PersonScore) -> SearchCandidate:
    detail = {
        "extrapolated": person.score.extrapolated,
        "samples": [
            {
                "probe": sample.probe.label,
                "sample_id": sample.sample_id,
                "score": {"decibans": sample.score.decibans, "extrapolated": sample.score.extrapolated},
            }
            for sample in person.samples
        ],
    }
    return SearchCandidate(record_id, person.score.decibans, detail)


def _shortlist(engine: Engine, probes: Sequence[Probe], where: Filter, limit: int) -> list[str]:
    """Return the records that the probes point to most, by the exact matcher on what the indexes found."""
    found = list(engine.pool.map(lambda probe: _found(engine, probe, where), probes))
    chosen = _most_alike(found, engine.shortlist)
    scores: defaultdict[str, list[Score]] = defaultdict(list)
    for best in engine.pool.map(lambda pair: _best_by_record(engine, *pair), zip(probes, chosen, strict=True)):
        for record_id, score in best.items():
            scores[record_id].append(score)
    return sorted(scores, key=lambda record_id: -fuse(scores[record_id]).decibans)[:limit]


def _found(engine: Engine, probe: Probe, where: Filter) -> Hits:
    """Search one probe: a print of a known finger among prints of that finger and of unknown ones."""
    channel = engine.channels[probe.template.modality]
    if probe.position:
        where = replace(where, positions=frozenset({probe.position}))
    return channel.gallery.search(channel.recogniser.features(probe.template), engine.shortlist, where)


def _most_alike(found: Sequence[Hits], limit: int) -> list[NDArray[np.int64]]:
    """Choose the templates to compare exactly, for each probe those of the people whom all probes together point to.

    About `limit` in all, and of each probe the first ones in any case. The scores of different people fall off
    exponentially at the end where the hits lie, so that the excess over the last hit, in units of its mean, is the
    logarithm of how rare it is (as a generalised Pareto tail of shape 0), and adds up over probes.
    """
    people = np.concatenate([hits.people for hits in found])
    rarity = np.concatenate([_rarity(hits.scores) for hits in found])
    persons, of_person = np.unique(people, return_inverse=True)
    best = np.zeros((len(found), len(persons)))
    starts = np.cumsum([0, *(len(hits.ids) for hits in found)])
    for row, start, end in zip(best, starts[:-1], starts[1:], strict=True):
        np.maximum.at(row, of_person[start:end], rarity[start:end])
    order = np.argsort(-best.sum(axis=0), kind="stable")
    rank = np.empty(len(persons), np.int64)
    rank[order] = np.arange(len(persons))
    by_rank = np.cumsum(np.bincount(rank[of_person], minlength=len(persons)))
    last = int(np.searchsorted(by_rank, limit))  # of the people whose templates fit the limit
    first = limit // (2 * len(found))
    chosen = []
    for hits, start, end in zip(found, starts[:-1], starts[1:], strict=True):
        taken = rank[of_person[start:end]] <= last
        taken[:first] = True
        chosen.append(hits.ids[taken])
    return chosen


def _rarity(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the excess of each score over the last one, in units of their mean, which is at least a little."""
    excess = scores.astype(np.float64) - (scores[-1] if len(scores) else 0.0)
    typical = float(np.median(excess)) / np.log(2) if len(scores) else 1.0  # the mean would follow the mate
    return np.asarray(excess / max(typical, 1e-9 * float(np.abs(scores).max(initial=1.0))))


def _best_by_record(engine: Engine, probe: Probe, ids: NDArray[np.int64]) -> dict[str, Score]:
    channel = engine.channels[probe.template.modality]
    stored = engine.store.templates(ids)
    raw = channel.recogniser.compare(probe.template, [one.template for one in stored])
    best: dict[str, float] = {}
    for one, value in zip(stored, raw, strict=True):
        best[one.record_id] = max(best.get(one.record_id, -1.0), float(value))
    return {record_id: channel.calibration.score(value) for record_id, value in best.items()}
