"""Screen enrolments whose checks wait, as after a bulk load: which of them are of new people?

The check of a person with ten prints searches with each of them, and compares 400 prints exactly. Nearly all
enrolments are of new people, where less is enough: the index is searched for the two best prints of several enrolments
in one call, their candidates are compared with these two prints, and the likely candidates with all ten. An enrolment
with no candidate at the threshold is of a new person; all others are checked in full. docs/benchmarks.md states how
many mates this misses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np

from biometrics.kernel.people.labels import NO_FILTER
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import known_position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.ports import Hits
from biometrics.matching.scoring import PersonComparison
from biometrics.matching.shortlist import most_alike
from biometrics.use_cases.engine.engine import Engine
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import Check

SEARCHED = 2  # samples of each modality that are searched for: the best
UNMEASURED = 50  # assumed quality of a sample that has none
FAIR = 20  # least quality of a sample that is searched for
HITS = 5  # of the index for each of them
COMPARED = 4  # templates, about, whose people are candidates
LIKELY = 20.0  # decibans from which a candidate is compared with all samples: one stranger in a hundred reaches them


@dataclass(frozen=True)
class _Enrolment:
    """An enrolment whose check waits: all templates to compare, and the best, which are searched for."""

    check: Check
    stored: Sequence[StoredTemplate]
    searched: Sequence[StoredTemplate]

    @property
    def person(self) -> int:
        """The number by which the index knows the person."""
        return int(self.check.national_number)


def screen(engine: Engine, encounter_ids: Sequence[str]) -> frozenset[str]:
    """Return the enrolments for which this quick search finds no person on record; their checks must be waiting.

    Raises:
        StoreUnavailable: the database or an index does not answer.
    """
    reader = CheckReader(engine.store.database)
    enrolments = _enrolments(engine, reader, encounter_ids)
    hits = _searched(engine, [template for enrolment in enrolments for template in enrolment.searched])
    people = _candidates(engine, enrolments, hits)
    return _below_thresholds(engine, reader, enrolments, people)


def _enrolments(engine: Engine, reader: CheckReader, encounter_ids: Sequence[str]) -> list[_Enrolment]:
    """Return those of some enrolments that can be screened, with their templates."""
    checks = [check for encounter_id in encounter_ids if (check := reader.check(encounter_id))]
    loaded = engine.store.templates.load([template_id for check in checks for template_id in check.template_ids])
    by_id = {template.id: template for template in loaded}
    of_checks = ([by_id[id_] for id_ in check.template_ids if id_ in by_id] for check in checks)
    enrolments = map(_enrolment, repeat(engine), checks, of_checks)
    return [enrolment for enrolment in enrolments if enrolment is not None]


def _enrolment(engine: Engine, check: Check, stored: Sequence[StoredTemplate]) -> _Enrolment | None:
    """Return the templates of an enrolment to compare.

    None if screening could miss too much: templates are few, of poor quality, or of models that are not in force.
    """
    in_force = [template for template in stored if template.template.model in engine.models]
    lacks_sample = {template.sample_id for template in in_force} != {template.sample_id for template in stored}
    if lacks_sample or len(in_force) < len(check.template_ids):
        return None
    compared = engine.with_scale(in_force)
    of_modality: defaultdict[Modality, list[StoredTemplate]] = defaultdict(list)
    for stored_template in sorted(compared, key=_quality, reverse=True):
        of_modality[stored_template.template.modality].append(stored_template)
    searched = [template for group in of_modality.values() for template in group[:SEARCHED]]
    if len(searched) < SEARCHED or min(map(_quality, searched)) < FAIR:
        return None
    return _Enrolment(check, compared, searched)


def _quality(stored: StoredTemplate) -> int:
    return UNMEASURED if stored.template.quality is None else stored.template.quality


def _searched(engine: Engine, probes: Sequence[StoredTemplate]) -> dict[int, Hits]:
    """Search for all probes, those of a modality in one call; return the hits by the probes' ids."""
    hits: dict[int, Hits] = {}
    of_modality: defaultdict[Modality, list[StoredTemplate]] = defaultdict(list)
    for probe in probes:
        of_modality[probe.template.modality].append(probe)
    for modality, group in of_modality.items():
        channel = engine.channels[modality]
        features = engine.pool.map(channel.recogniser.features, [probe.template for probe in group])
        # Filters name fingers only, which the index has; an enrolment's own prints are among its hits: see `_named`.
        where = [
            replace(NO_FILTER, positions=frozenset({at})) if (at := known_position(p.position)) else NO_FILTER
            for p in group
        ]
        results = channel.gallery.search_all(list(zip(features, where, strict=True)), HITS + 1, engine.pool)
        hits.update(zip((probe.id for probe in group), results, strict=True))
    return hits


def _candidate_templates(enrolment: _Enrolment, hits: Sequence[Hits]) -> Sequence[int] | None:
    """Return templates of an enrolment's first candidates; None if its own prints take the place of too many hits."""
    other_hits = []
    for of_probe in hits:
        is_other = of_probe.people != enrolment.person
        if np.count_nonzero(~is_other) > 1:
            return None
        other_hits.append(Hits(*(values[is_other] for values in of_probe)))
    if not any(len(of_probe.ids) for of_probe in other_hits):
        return []
    return [int(template_id) for template_id in np.unique(np.concatenate(most_alike(other_hits, COMPARED)))]


def _candidates(engine: Engine, enrolments: Sequence[_Enrolment], hits: Mapping[int, Hits]) -> dict[str, list[str]]:
    """Return the records of each enrolment's first candidates, by its encounter, where `hits` tell."""
    ids_by_encounter = {
        enrolment.check.encounter_id: ids
        for enrolment in enrolments
        if (ids := _candidate_templates(enrolment, [hits[template.id] for template in enrolment.searched])) is not None
    }
    template_ids = sorted({template_id for ids in ids_by_encounter.values() for template_id in ids})
    record_of = {template.id: template.record_id for template in engine.store.templates.load(template_ids)}
    return {
        encounter_id: list(dict.fromkeys(record_of[id_] for id_ in ids if id_ in record_of))
        for encounter_id, ids in ids_by_encounter.items()
    }


def _below_thresholds(
    engine: Engine, reader: CheckReader, enrolments: Sequence[_Enrolment], people: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """Return the enrolments that reach the threshold with none of their candidates, `people`."""
    enrolments = [enrolment for enrolment in enrolments if enrolment.check.encounter_id in people]
    record_ids = sorted({record_id for candidate_ids in people.values() for record_id in candidate_ids})
    templates = engine.store.templates.of_records(record_ids, engine.models)
    looked_for = reader.looked_for(record_ids)
    duplicate = threshold_for_fpir(engine.rules.duplicate_fpir, engine.store.record_count())
    watched = min(duplicate, threshold_for_fpir(engine.rules.standing_fpir, reader.standing_count()))

    def scores(probes: Sequence[StoredTemplate], record_ids: Sequence[str]) -> dict[str, float]:
        comparison = PersonComparison(engine.channels, [Probe(stored.template, stored.position) for stored in probes])
        people = comparison.score_all([templates.get(record_id, []) for record_id in record_ids])
        return {
            record_id: person.score.decibans for record_id, person in zip(record_ids, people, strict=True) if person
        }

    def is_new(enrolment: _Enrolment) -> bool:
        alike = scores(enrolment.searched, people[enrolment.check.encounter_id])
        likely = [record_id for record_id, decibans in alike.items() if decibans >= LIKELY]
        return not any(
            decibans >= (watched if record_id in looked_for else duplicate)
            for record_id, decibans in (scores(enrolment.stored, likely) if likely else {}).items()
        )

    new = engine.pool.map(is_new, enrolments)
    return frozenset(
        enrolment.check.encounter_id for enrolment, is_of_nobody in zip(enrolments, new, strict=True) if is_of_nobody
    )
