"""Identification: whose samples are these? (1:N)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from biometrics.calibration import Score, threshold_for_fpir
from biometrics.engine import Engine
from biometrics.errors import InvalidField
from biometrics.fusion import fuse
from biometrics.records.values import Search, SearchCandidate, SearchProbe, StoredSearch
from biometrics.scoring import PersonScore, score_person
from biometrics.types import Probe, Sample

MAX_CANDIDATES = 100
RESCORED_PER_CANDIDATE = 5  # people compared in full for each candidate asked for


@dataclass(frozen=True)
class SearchRequest:
    """What to search with, and for what.

    `target_fpir` is the accepted chance that a search for somebody who is not in the gallery returns anybody above
    the threshold.
    """

    samples: Sequence[Sample]
    max_candidates: int = 10
    target_fpir: float = 0.001
    case_number: str = ""
    officer: str = ""

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
    people = _score_people(engine, probes, _shortlist(engine, probes, request.max_candidates * RESCORED_PER_CANDIDATE))
    search = Search(
        case_number=request.case_number,
        officer=request.officer,
        settings={"target_fpir": request.target_fpir, "max_candidates": request.max_candidates},
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


def _shortlist(engine: Engine, probes: Sequence[Probe], limit: int) -> list[str]:
    """Return the records that the probes point to most, by the exact matcher on each probe's nearest templates."""
    scores: defaultdict[str, list[Score]] = defaultdict(list)
    for best in engine.pool.map(lambda probe: _best_by_record(engine, probe), probes):
        for record_id, score in best.items():
            scores[record_id].append(score)
    return sorted(scores, key=lambda record_id: -fuse(scores[record_id]).decibans)[:limit]


def _best_by_record(engine: Engine, probe: Probe) -> dict[str, Score]:
    channel = engine.channels[probe.template.modality]
    vector = channel.recogniser.vector(probe.template)
    stored = engine.store.templates(channel.gallery.shortlist(vector, engine.shortlist, probe.position))
    raw = channel.recogniser.compare(probe.template, [one.template for one in stored])
    best: dict[str, float] = {}
    for one, value in zip(stored, raw, strict=True):
        best[one.record_id] = max(best.get(one.record_id, -1.0), float(value))
    return {record_id: channel.calibration.score(value) for record_id, value in best.items()}
