"""Who is most like the probes: a shortlist from the indexes, then everything that each of those people has."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.people.labels import LABEL, NO_FILTER, Filter, Members, Moment
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import known_position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import Observer, WorkStage
from biometrics.kernel.recognition.types import Probe
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.matching.calibration import Score, best_of
from biometrics.matching.channel import Channel
from biometrics.matching.ports import Hits
from biometrics.matching.scoring import PersonComparison, PersonScore, bound_of
from biometrics.matching.shortlist import most_alike, pieces

RESCORED_PER_CANDIDATE = 2  # people compared in full for each candidate asked for
PEOPLE_AT_ONCE = 5  # that a thread compares in full with one call of the matcher for each probe
AFTER_FIRST_LOOK = 100  # templates that a latent is compared with in full, if that takes longer than a first look
# Up to so many templates a latent is compared with all of them, without an index that may not name its mate. One takes
# a core 0.7 to 1.3 ms for each probe, of which a latent has two to six: 12 s for 4,000 and four probes, on two cores.
COMPARED_WITH_ALL = 4000
LEAST_HITS = 20  # that an index is asked for, however many probes share the shortlist

Ranked = list[tuple[str, PersonScore]]  # records and how well they match, best first


class StoredTemplates(Protocol):
    """Where the templates to compare come from: a database, or a list in memory."""

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return templates by their ids, in that order, without those that do not exist."""
        ...

    def of_records(self, record_ids: Sequence[str], models: Collection[str]) -> dict[str, list[StoredTemplate]]:
        """Return the templates of records that some models made, by record id."""
        ...


@dataclass(frozen=True)
class Matching:
    """What a ranking works with: a channel for each modality, the stored templates, threads, and an observer."""

    channels: Mapping[Modality, Channel]
    templates: StoredTemplates
    pool: Executor
    observer: Observer


@dataclass(frozen=True)
class Ranking:
    """What determines the ranking, besides the probes.

    `shortlist` is how many templates are compared exactly. `at` says for each modality which templates take part, such
    as those that existed when a replayed search was made. `is_latent`: the probes are several views of one sample, of
    which the best counts; where no more templates than `all_up_to` meet the filter, all of these are compared.
    """

    candidates: int
    shortlist: int
    where: Filter = NO_FILTER
    at: Mapping[Modality, Moment | Members] = field(default_factory=dict)
    all_up_to: int = COMPARED_WITH_ALL
    is_latent: bool = False

    def rank(self, matching: Matching, probes: Sequence[Probe]) -> Ranked:
        """Return the records most like the probes: twice as many as there shall be candidates, where there are."""
        return self.best_first(self._by_any(matching, probes) if self.is_latent else self._by_all(matching, probes))

    def best_first(self, people: Ranked) -> Ranked:
        """Return records in their order: by decibans, of a latent by what is stated of them first."""
        if self.is_latent:
            return sorted(people, key=lambda person: _order(person[1].score), reverse=True)
        return sorted(people, key=lambda person: person[1].score.decibans, reverse=True)

    def _by_all(self, matching: Matching, probes: Sequence[Probe]) -> Ranked:
        """Return the records most like all probes together."""
        comparison = PersonComparison(matching.channels, probes)
        shortlisted = self._shortlisted(matching, probes, comparison)
        record_ids = shortlisted[: self.candidates * RESCORED_PER_CANDIDATE]
        # What a record holds is compared in full, also what the shortlist did not name.
        with matching.observer.stage(WorkStage.SCORE):
            people = self._scored(matching, probes, comparison, record_ids)
        return [(record_id, score) for record_id, score in zip(record_ids, people, strict=True) if score is not None]

    def _scored(
        self, matching: Matching, probes: Sequence[Probe], comparison: PersonComparison, record_ids: Sequence[str]
    ) -> list[PersonScore | None]:
        models = {probe.template.model for probe in probes}  # others' templates would be decrypted for nothing
        templates = matching.templates.of_records(record_ids, models)

        def scored(chunk: Sequence[str]) -> list[PersonScore | None]:
            return comparison.score_all(
                [
                    [template for template in templates.get(record_id, ()) if self._is_present(template)]
                    for record_id in chunk
                ]
            )

        chunks = in_chunks(record_ids, PEOPLE_AT_ONCE)
        return [person for people in matching.pool.map(scored, chunks) for person in people]

    def _by_any(self, matching: Matching, probes: Sequence[Probe]) -> Ranked:
        """Return the records most similar to any of several probes of one sample.

        A person's score is their best one, corrected for the number of comparisons. An example is a latent of unknown
        orientation, searched upright and turned by half a circle. The index may name a mate for the wrong one only, so
        that each probe is compared with the templates that it names for any. A calibration is made from whole prints
        and does not fit; a scale of latents says how rare a score is, where there is one, and of a person no more than
        a whole print does.
        """
        best: dict[str, PersonScore] = {}
        for record_id, person in self._each_way(matching, probes):
            if record_id not in best or _order(person.score) > _order(best[record_id].score):
                best[record_id] = person
        ranked = []
        for record_id, person in best.items():
            corrected = replace(person, score=best_of(person.score, len(probes)))
            if corrected.score.seen is None:
                corrected = corrected.with_scale(fits=False)
            else:
                corrected = corrected.bounded(bound_of(matching.channels, [person.samples[0].probe]))
            ranked.append((record_id, corrected))
        return ranked

    def _each_way(self, matching: Matching, probes: Sequence[Probe]) -> Ranked:
        """Return the scores of the likeliest records with each of several probes of one sample."""
        scales = [matching.channels[probe.template.modality].scale_of(probe.template) for probe in probes]
        best: dict[str, tuple[float, float]] = {}
        for (record_id, at), raw in _best_raws(matching, probes, self._to_compare(matching, probes)).items():
            order = _order(scales[at].score(raw))
            best[record_id] = max(best.get(record_id, order), order)
        record_ids = sorted(best, key=best.__getitem__, reverse=True)[: self.candidates * RESCORED_PER_CANDIDATE]
        with matching.observer.stage(WorkStage.SCORE):
            scored = [
                self._scored(matching, [probe], PersonComparison(matching.channels, [probe]), record_ids)
                for probe in probes
            ]
        people = ((record_id, of_probe[index]) for of_probe in scored for index, record_id in enumerate(record_ids))
        return [(record_id, person) for record_id, person in people if person is not None]

    def _to_compare(self, matching: Matching, probes: Sequence[Probe]) -> list[NDArray[np.int64]]:
        """Return the templates that each probe is compared with: all where they are few, else a shortlist of them."""
        with matching.observer.stage(WorkStage.INDEX):
            hits_if_few = self._hits_if_few(matching, probes)
            hits = hits_if_few or self._searched(matching, probes, self.shortlist)
        ids = np.unique(np.concatenate([of_probe.ids for of_probe in hits]))
        return [ids if hits_if_few else self._looked_at(matching, probes, ids)] * len(probes)

    def _hits_if_few(self, matching: Matching, probes: Sequence[Probe]) -> list[Hits] | None:
        """Return all templates that meet the filter of each probe, or None where they are more than `all_up_to`.

        The index is not asked where the size of a gallery tells.
        """
        for probe in probes:
            is_filtered = self._filter_of(probe) != NO_FILTER
            if not is_filtered and len(matching.channels[probe.template.modality].gallery) > self.all_up_to:
                return None
        hits = self._searched(matching, probes, self.all_up_to + 1)
        return hits if max(len(of_probe.ids) for of_probe in hits) <= self.all_up_to else None

    def _looked_at(self, matching: Matching, probes: Sequence[Probe], ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return some templates without those that are least similar to all probes at a first look, if there is one."""
        looks = [
            replace(probe, template=matching.channels[probe.template.modality].first_look(probe.template))
            for probe in probes
        ]
        if looks == list(probes):
            return ids
        best: defaultdict[int, float] = defaultdict(lambda: -math.inf)
        for _, stored, raw in _compared_with(matching, looks, [ids] * len(looks)):
            best[stored.id] = max(best[stored.id], raw)
        likeliest = sorted(best, key=lambda template: -best[template])[:AFTER_FIRST_LOOK]
        return np.array(sorted(likeliest), np.int64)

    def asks_for(self, stored: Sequence[StoredTemplate]) -> bool:
        """Say whether one of a record's templates meets all that is asked for."""
        present = [template.label for template in stored if self._is_present(template)]
        return bool(present) and bool(self.where.meets(np.array(present, LABEL)).any())

    def _is_present(self, stored: StoredTemplate) -> bool:
        moment = self.at.get(stored.template.modality)
        return moment is None or bool(moment.holds(np.array([stored.id]))[0])

    def _shortlisted(self, matching: Matching, probes: Sequence[Probe], comparison: PersonComparison) -> list[str]:
        """Return the records that the probes point to most, by the exact matcher on what the indexes found."""
        hits_each = max(LEAST_HITS, self.shortlist // len(probes))
        with matching.observer.stage(WorkStage.INDEX):
            hits = self._searched(matching, probes, hits_each)
        decibans = self._compared_exactly(matching, probes, most_alike(hits, self.shortlist))
        return sorted(decibans, key=lambda record_id: -comparison.fused_by_source(decibans[record_id]))

    def _compared_exactly(
        self, matching: Matching, probes: Sequence[Probe], ids: Sequence[NDArray[np.int64]]
    ) -> dict[str, dict[int, float]]:
        """Compare each probe with some templates; return for each record the decibans of each probe, by its place."""
        decibans: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for (record_id, at), raw in _best_raws(matching, probes, ids).items():
            decibans[record_id][at] = matching.channels[probes[at].template.modality].calibration.curve.at(raw)
        return decibans

    def _searched(self, matching: Matching, probes: Sequence[Probe], hits: int) -> list[Hits]:
        """Search each probe among the templates of its modality, those of one modality together."""
        hits_of: dict[int, Hits] = {}
        for modality in dict.fromkeys(probe.template.modality for probe in probes):
            channel = matching.channels[modality]
            places = [at for at, probe in enumerate(probes) if probe.template.modality is modality]
            features = matching.pool.map(channel.recogniser.features, [probes[at].template for at in places])
            queries = [
                (probe_features, self._filter_of(probes[at]))
                for probe_features, at in zip(features, places, strict=True)
            ]
            hits_of.update(zip(places, channel.gallery.search_all(queries, hits, matching.pool), strict=True))
        return [hits_of[at] for at in range(len(probes))]

    def _filter_of(self, probe: Probe) -> Filter:
        """Return the filter of a probe: a print of a known finger is compared with that finger and unknown ones."""
        where = replace(self.where, at=self.at.get(probe.template.modality))
        position = known_position(probe.position)
        return replace(where, positions=frozenset({position})) if position else where


def _order(score: Score) -> tuple[float, float]:
    """Return what is stated by a scale of latents, or nothing, and then the decibans."""
    return (score if score.seen else replace(score, calibrated=False)).order


def _best_raws(
    matching: Matching, probes: Sequence[Probe], ids: Sequence[NDArray[np.int64]]
) -> dict[tuple[str, int], float]:
    """Compare each probe with some templates; return the best raw score of each record with each, by its place."""
    best: dict[tuple[str, int], float] = {}
    for at, stored, raw in _compared_with(matching, probes, ids):
        best[stored.record_id, at] = max(best.get((stored.record_id, at), -math.inf), raw)
    return best


def _compared_with(
    matching: Matching, probes: Sequence[Probe], ids: Sequence[NDArray[np.int64]]
) -> list[tuple[int, StoredTemplate, float]]:
    """Compare each probe with some templates; return its place, the template and the raw score of each pair."""
    at_once = [probe.template.modality.traits.compared_at_once for probe in probes]
    divided = [(at, piece) for at, template_ids in enumerate(ids) for piece in pieces(template_ids, at_once[at])]
    with matching.observer.stage(WorkStage.MATCH):
        scored = list(matching.pool.map(lambda piece: _compared(matching, probes[piece[0]], piece[1]), divided))
    return [(at, *pair) for (at, _), of_piece in zip(divided, scored, strict=True) for pair in of_piece]


def _compared(matching: Matching, probe: Probe, ids: NDArray[np.int64]) -> list[tuple[StoredTemplate, float]]:
    stored = matching.templates.load(ids)
    raw = matching.channels[probe.template.modality].recogniser.compare(
        probe.template, [template.template for template in stored]
    )
    return [(template, float(value)) for template, value in zip(stored, raw, strict=True)]
