"""The ranking that a unit sees, and the ranking of the people of other units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from biometrics.kernel.access import Unit
from biometrics.kernel.people.labels import NO_FILTER, Moment
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching import other_units
from biometrics.matching.ranking import RESCORED_PER_CANDIDATE, Matching, Ranked, Ranking
from biometrics.searches.model import MODALITY, SearchCandidate
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.candidates import candidates, candidates_elsewhere, first


@dataclass(frozen=True)
class UnitList:
    """One list of a search: the people most like the probes whom a unit sees, and all others.

    `modality` is given of a search with a latent. Without a scale the scores only order, and reach no threshold.
    """

    visible: Ranked
    elsewhere: Ranked
    modality: Modality | None = None
    has_scale: bool = True

    def candidates(self, limit: int, gallery_size: int, target_fpir: float | None) -> list[SearchCandidate]:
        """Return the first people whom the unit sees; see `biometrics.use_cases.search.candidates.candidates`."""
        best = candidates(self.visible, first(self.visible, limit), gallery_size, target_fpir)
        return [self._with_modality(candidate) for candidate in best]

    def cuts(self, limit: int, threshold: float) -> bool:
        """Return whether the first `limit` people may leave out one who reaches `threshold` decibans."""
        return any(person.score.decibans >= threshold for _, person in self.visible[limit - 1 : limit])

    def candidates_elsewhere(self, units: Mapping[str, Unit], thresholds: Collection[float]) -> list[SearchCandidate]:
        """Return all others who reach a threshold; see `candidates_elsewhere`."""
        return [self._with_modality(candidate) for candidate in candidates_elsewhere(self.elsewhere, units, thresholds)]

    def _with_modality(self, candidate: SearchCandidate) -> SearchCandidate:
        if self.modality is None:
            return candidate
        detail = {**candidate.detail, MODALITY: str(self.modality)}
        return replace(candidate, score=candidate.score if self.has_scale else 0.0, detail=detail)


def rank_for_unit(
    engine: Engine, ranking: Ranking, probes: Sequence[Probe], unit: Unit, threshold: float
) -> tuple[Ranked, Ranked]:
    """Return two rankings for some probes: the records that a unit sees, and those that it does not see.

    The request's options (number of candidates, filter, certain templates) apply only to people who were sampled at the
    unit or below it. Everyone else is searched without them, and from `threshold` decibans on, by the probes that have
    a scale. So neither list depends on the people of the other.

    A person of the unit whose samples were all taken by other units appears in the second search only, and so from
    `threshold` decibans on.
    """
    if not unit.state:
        return ranking.rank(engine.matching, probes), []
    unit_filter = ranking.where.within(unit)
    of_unit = [] if unit_filter is None else replace(ranking, where=unit_filter).rank(engine.matching, probes)
    moments = {modality: at for modality, at in ranking.at.items() if isinstance(at, Moment)}
    unfiltered = replace(ranking, candidates=other_units.PEOPLE, where=NO_FILTER, at=moments)
    hits = hits_from(engine.matching, unfiltered, engine.with_scale(probes), threshold)
    visible = engine.store.people.visible_to(unit, [record_id for record_id, _ in hits])
    further_ids = visible - dict(of_unit).keys()
    of_unit += _asked_for(engine, ranking, probes, [hit for hit in hits if hit[0] in further_ids])
    return ranking.best_first(of_unit), [hit for hit in hits if hit[0] not in visible]


def _asked_for(engine: Engine, ranking: Ranking, probes: Sequence[Probe], people: Ranked) -> Ranked:
    """Return those of some people who meet the request's filter."""
    if not people:
        return []
    models = {probe.template.model for probe in probes}
    stored = engine.store.templates.of_records([record_id for record_id, _ in people], models)
    return [person for person in people if ranking.asks_for(stored.get(person[0], ()))]


def rank_lists(
    engine: Engine, ranking: Ranking, probes: Sequence[Probe], unit: Unit, threshold: float
) -> list[UnitList]:
    """Return the rankings of `rank_for_unit`: one list, or of a latent one for each modality of its probes.

    The scores of latents of fingers and of palms are on no common scale, so that no order of both can be stated.
    """
    if not ranking.is_latent:
        return [UnitList(*rank_for_unit(engine, ranking, probes, unit, threshold))]
    of_each: dict[Modality, list[Probe]] = {}
    for probe in probes:
        of_each.setdefault(probe.template.modality, []).append(probe)
    return [
        UnitList(
            *rank_for_unit(engine, ranking, group, unit, threshold),
            modality,
            engine.channels[modality].has_scale,
        )
        for modality, group in of_each.items()
    ]


def hits_from(matching: Matching, ranking: Ranking, probes: Sequence[Probe], threshold: float) -> Ranked:
    """Return all records from `threshold` decibans on, however many.

    Where all that are compared in full reach it, others may, too: they are searched for without these. So many records
    or samples of one person, which may have been made for this, push no unit out.
    """
    hits: Ranked = []
    while probes:
        ranked = ranking.rank(matching, probes)
        above = [hit for hit in ranked if hit[1].score.decibans >= threshold]
        hits += above
        if not above or len(above) < min(len(ranked), ranking.candidates * RESCORED_PER_CANDIDATE):
            return sorted(hits, key=lambda candidate: -candidate[1].score.decibans)
        models = {probe.template.model for probe in probes}
        templates = matching.templates.of_records([record_id for record_id, _ in above], models)
        numbers = {template.label.person for stored in templates.values() for template in stored}
        ranking = replace(ranking, where=replace(ranking.where, without=ranking.where.without | numbers))
    return hits
