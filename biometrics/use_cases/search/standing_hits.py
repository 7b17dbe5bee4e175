"""Which standing searches an enrolment hits: the roles of gallery and probe are exchanged.

An index of the probes of all standing searches is searched for each template of the enrolment. The standing searches
that it names are then carried out as any search, with the enrolment as their gallery.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from biometrics.kernel.people.labels import NO_FILTER
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import known_position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.ports import Hits
from biometrics.matching.scoring import comparable, score_person
from biometrics.matching.shortlist import most_alike
from biometrics.records.standing_probes import StandingProbes
from biometrics.searches.model import MODALITY, SearchCandidate
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.candidates import candidates, finding, first
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import Standing, StandingHit, StandingKind

ORDERED = 100  # standing searches with a latent that are compared by scores without a scale; more where all are hits
RESCORED = 10  # standing searches that are compared in full; more where all of these are hits
HITS_PER_RESCORED = 2  # probes that the index of standing searches is asked for, for each template
COMPARED_PER_RESCORED = 10  # standing probes, about, that the exact matcher sees


def standing_hits(
    groups: Sequence[tuple[Engine, Sequence[StoredTemplate]]], checks: CheckReader
) -> tuple[StandingHit, ...]:
    """Return the standing searches that an enrolment hits, each once: first those above the threshold, best first.

    `groups`: the templates of each model, with an engine that compares them.
    """
    above = _hits_by_any([(engine, engine.with_scale(stored)) for engine, stored in groups], checks)
    firsts = (_firsts(engine, _without_scale(engine, stored), checks) for engine, stored in groups)
    return _one_each(above, *firsts)


def _hits_by_any(
    groups: Sequence[tuple[Engine, Sequence[StoredTemplate]]], checks: CheckReader
) -> tuple[StandingHit, ...]:
    """Return the standing searches that are hit, by the best of the models that their probes are of."""
    best: dict[str, StandingHit] = {}
    for engine, stored in groups:
        for hit in _standing_hits(engine, checks, stored):
            if (before := best.get(hit.standing_id)) is None or hit.finding.score > before.finding.score:
                best[hit.standing_id] = hit
    return tuple(sorted(best.values(), key=lambda hit: -hit.finding.score))


def _without_scale(engine: Engine, stored: Sequence[StoredTemplate]) -> list[StoredTemplate]:
    return [template for template in stored if not engine.channels[template.template.modality].has_scale]


def _one_each(*of_each: Sequence[StandingHit]) -> tuple[StandingHit, ...]:
    """Return the first hit of each standing search."""
    first_hits: dict[str, StandingHit] = {}
    for hit in (hit for hits in of_each for hit in hits):
        first_hits.setdefault(hit.standing_id, hit)
    return tuple(first_hits.values())


def _firsts(engine: Engine, stored: Sequence[StoredTemplate], checks: CheckReader) -> list[StandingHit]:
    """Return the standing searches with a latent that list an enrolment first, by scores that only put it in an order.

    Such scores reach no threshold. An enrolment is a hit if it scores higher than everybody whom the search listed or
    asked about: of n strangers on record and N who are enrolled later, about ln((n + N) / n) do so by chance.
    """
    hits: list[StandingHit] = []
    for modality in {template.template.modality for template in stored}:
        group = [template for template in stored if template.template.modality is modality]
        compare = partial(_first_on_lists, engine, group, modality)
        hits += _hits_of_most_alike(engine, checks, group, ORDERED, compare)
    return hits


def _first_on_lists(
    engine: Engine, stored: Sequence[StoredTemplate], modality: Modality, searches: Sequence[Standing]
) -> Sequence[StandingHit]:
    source, hits = StandingProbes(engine.store), []
    for search in searches:
        person = score_person(engine.channels, _probes_of(engine, search), stored)
        if person is not None and person.score.decibans > source.best_on_list(search, modality):
            [candidate] = candidates([(search.id, person)], [search.id], 1, None)
            hits.append(StandingHit(search.id, finding(1, _on_list(candidate, modality))))
    return hits


def _on_list(candidate: SearchCandidate, modality: Modality) -> SearchCandidate:
    return replace(candidate, detail={**candidate.detail, MODALITY: str(modality)})


def _standing_hits(engine: Engine, checks: CheckReader, stored: Sequence[StoredTemplate]) -> Sequence[StandingHit]:
    """Return the standing searches whose probes reach the threshold with an enrolment's templates, best first."""
    compare = partial(_above_threshold, engine, stored, checks.standing_count())
    return _hits_of_most_alike(engine, checks, stored, RESCORED, compare)


def _above_threshold(
    engine: Engine, stored: Sequence[StoredTemplate], standing: int, searches: Sequence[Standing]
) -> Sequence[StandingHit]:
    threshold = threshold_for_fpir(engine.rules.standing_fpir, standing)
    scored = [
        (search.id, person.with_scale(fits=search.kind is not StandingKind.LATENT))
        for search in searches
        if (person := score_person(engine.channels, _probes_of(engine, search), stored))
    ]
    scored.sort(key=lambda hit: -hit[1].score.decibans)
    best_searches = candidates(scored, first(scored, len(scored)), standing, engine.rules.standing_fpir)
    return [
        StandingHit(person.record_id, finding(rank, person))
        for rank, person in enumerate(best_searches, start=1)
        if person.score >= threshold
    ]


def _hits_of_most_alike(
    engine: Engine,
    checks: CheckReader,
    stored: Sequence[StoredTemplate],
    limit: int,
    compare: Callable[[Sequence[Standing]], Sequence[StandingHit]],
) -> Sequence[StandingHit]:
    """Return the hits among the `limit` standing searches that are most alike, among more where all of these are hits.

    Many may look for one person, or one search may be hidden behind copies: none of them is left out.
    """
    while True:
        searches = _most_alike_searches(engine, checks, stored, limit)
        hits = compare(searches)
        if len(hits) < max(len(searches), 1) or limit >= _probes_held(engine):
            return hits
        limit *= 4


def _probes_of(engine: Engine, search: Standing) -> list[Probe]:
    assert search.search_id is not None, "only stored searches have probes"
    probes = StandingProbes(engine.store).probes_of(search.search_id)
    return [probe for probe in probes if probe.template.model in engine.models]


def _probes_held(engine: Engine) -> int:
    return sum(len(channel.standing) for channel in engine.channels.values() if channel.standing is not None)


def _most_alike_searches(
    engine: Engine, checks: CheckReader, stored: Sequence[StoredTemplate], limit: int
) -> list[Standing]:
    """Return the standing searches with the probes that single templates are most like, by the exact matcher."""
    searchable = [template for template in stored if engine.channels[template.template.modality].standing is not None]
    results = list(
        engine.pool.map(lambda template: _probes_like(engine, template, limit * HITS_PER_RESCORED), searchable)
    )
    if not any(len(hits.ids) for hits in results):
        return []
    alike: defaultdict[int, list[StoredTemplate]] = defaultdict(list)
    for template, ids in zip(searchable, most_alike(results, limit * COMPARED_PER_RESCORED), strict=True):
        for probe_id in ids:
            alike[int(probe_id)].append(template)
    searches = checks.standing_of_probes(list(alike))
    best: dict[str, float] = {}
    for probe in StandingProbes(engine.store).load([probe_id for probe_id in alike if probe_id in searches]):
        standing_id, score = searches[probe.id].id, _best(engine, probe, alike[probe.id])
        best[standing_id] = max(score, best.get(standing_id, -math.inf))
    order = sorted(best, key=lambda standing_id: -best[standing_id])
    by_id = {search.id: search for search in searches.values()}
    return [by_id[standing_id] for standing_id in order[:limit]]


def _probes_like(engine: Engine, stored: StoredTemplate, limit: int) -> Hits:
    channel = engine.channels[stored.template.modality]
    assert channel.standing is not None, "asked for only where there is one"
    position = known_position(stored.position)
    where = replace(NO_FILTER, positions=frozenset({position})) if position else NO_FILTER
    return channel.standing.search(channel.recogniser.features(stored.template), limit, where)


def _best(engine: Engine, probe: StoredTemplate, stored: Sequence[StoredTemplate]) -> float:
    """Return the decibans of the best comparison of a standing probe with templates."""
    fitting = [template for template in stored if comparable(Probe(probe.template, probe.position), template)]
    if not fitting:
        return -math.inf
    channel = engine.channels[probe.template.modality]
    raw = channel.recogniser.compare(probe.template, [template.template for template in fitting])
    return channel.calibration.score(float(raw.max())).decibans
