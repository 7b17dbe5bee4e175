"""Identification: whose samples are these? (1:N)"""

from __future__ import annotations

import math
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
from biometrics.shortlist import most_alike
from biometrics.types import Probe, Sample

MAX_CANDIDATES = 100
RESCORED_PER_CANDIDATE = 2  # people compared in full for each candidate asked for
LEAST_HITS = 20  # that an index is asked for, however many probes share the shortlist
_PIECE = 64  # templates that one thread compares at a time


@dataclass(frozen=True)
class SearchRequest:
    """What to search with, and for what.

    `target_fpir` is the accepted chance that a search for somebody who is not in the gallery returns anybody above
    the threshold. `where` says whom the search is about: a person with a template that meets it is compared in full.
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
    people = engine.pool.map(lambda record_id: score_person(engine, probes, templates.get(record_id, ())), record_ids)
    found = [(record_id, person) for record_id, person in zip(record_ids, people, strict=True) if person is not None]
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
    each = max(LEAST_HITS, engine.shortlist // len(probes))
    found = list(engine.pool.map(lambda probe: _found(engine, probe, where, each), probes))
    pieces = [
        (at, ids[start : start + _PIECE])
        for at, ids in enumerate(most_alike(found, engine.shortlist))
        for start in range(0, len(ids), _PIECE)
    ]
    best: dict[tuple[str, int], float] = {}
    for at, scored in engine.pool.map(lambda piece: (piece[0], _compared(engine, probes[piece[0]], piece[1])), pieces):
        for record_id, raw in scored:
            best[record_id, at] = max(best.get((record_id, at), -math.inf), raw)
    scores: defaultdict[str, list[Score]] = defaultdict(list)
    for (record_id, at), raw in best.items():
        scores[record_id].append(engine.channels[probes[at].template.modality].calibration.score(raw))
    return sorted(scores, key=lambda record_id: -fuse(scores[record_id]).decibans)[:limit]


def _found(engine: Engine, probe: Probe, where: Filter, hits: int) -> Hits:
    """Search one probe: a print of a known finger among prints of that finger and of unknown ones."""
    channel = engine.channels[probe.template.modality]
    if probe.position:
        where = replace(where, positions=frozenset({probe.position}))
    return channel.gallery.search(channel.recogniser.features(probe.template), hits, where)


def _compared(engine: Engine, probe: Probe, ids: NDArray[np.int64]) -> list[tuple[str, float]]:
    """Compare a probe exactly with some templates; return each one's record and raw score."""
    stored = engine.store.templates(ids)
    raw = engine.channels[probe.template.modality].recogniser.compare(probe.template, [one.template for one in stored])
    return [(one.record_id, float(value)) for one, value in zip(stored, raw, strict=True)]
