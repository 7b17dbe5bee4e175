"""A first look at many enrolments whose check waits, as after a bulk load: which of them may be of people on record?

The check of a person with ten prints searches with each of them, and compares 400 prints exactly. Nearly all
enrolments are of new people, for whom less is enough: the two best prints of many enrolments are searched in one call
of the index, and the people whom they name are compared, the likely ones with all prints. Whoever reaches no threshold
has no case; all others are checked as usual. docs/benchmarks.md has what is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from biometrics.kernel.capture import known
from biometrics.kernel.labels import NO_FILTER
from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import Modality, Probe
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.ports import Hits
from biometrics.matching.scoring import PersonComparison
from biometrics.matching.shortlist import most_alike
from biometrics.use_cases.engine import Engine
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import Check

SEARCHED = 2  # samples of each modality that are searched with: the best
UNMEASURED = 50  # quality that a sample without one is taken to have
FAIR = 20  # least quality of all samples that are searched with
HITS = 5  # that each of them asks the index for
COMPARED = 4  # templates, about, whose people are compared with these prints
LIKELY = 20.0  # decibans from which on they are compared with all of an enrolment: of one stranger in a hundred


@dataclass(frozen=True)
class _Enrolment:
    """An enrolment whose check waits: all that is compared, and those of it that are searched with."""

    check: Check
    stored: Sequence[StoredTemplate]
    searched: Sequence[StoredTemplate]

    @property
    def person(self) -> int:
        """The number by which the index knows the person."""
        return int(self.check.national_number)


def screen(engine: Engine, encounter_ids: Sequence[str]) -> frozenset[str]:
    """Return those of some enrolments whose check waits that are of nobody on record, at a first look.

    Raises:
        StoreUnavailable: the database or an index does not answer.
    """
    engine = engine.with_scales_in_force()
    reader = CheckReader(engine.store.database)
    checks = [check for encounter_id in encounter_ids if (check := reader.check(encounter_id))]
    by_id = {each.id: each for each in engine.store.templates.load([i for check in checks for i in check.template_ids])}
    enrolments = [
        enrolment
        for check in checks
        if (enrolment := _enrolment(engine, check, [by_id[i] for i in check.template_ids if i in by_id]))
    ]
    hits = _searched(engine, [each for enrolment in enrolments for each in enrolment.searched])
    named = {
        enrolment.check.encounter_id: ids
        for enrolment in enrolments
        if (ids := _named(enrolment, [hits[each.id] for each in enrolment.searched])) is not None
    }
    record_of = {
        each.id: each.record_id
        for each in engine.store.templates.load(sorted({i for ids in named.values() for i in ids}))
    }
    people = {
        encounter_id: list(dict.fromkeys(record_of[i] for i in ids if i in record_of))
        for encounter_id, ids in named.items()
    }
    new = _below_thresholds(engine, reader, [each for each in enrolments if each.check.encounter_id in named], people)
    return frozenset(new)


def _enrolment(engine: Engine, check: Check, stored: Sequence[StoredTemplate]) -> _Enrolment | None:
    """Return what is compared of an enrolment.

    None if a first look says too little: templates are few, of poor quality, or of models that are not in force.
    """
    ours = [each for each in stored if each.template.model in engine.models]
    if {each.sample_id for each in ours} != {each.sample_id for each in stored} or len(ours) < len(check.template_ids):
        return None
    compared = engine.with_scale(ours)
    of_modality: defaultdict[Modality, list[StoredTemplate]] = defaultdict(list)
    for each in sorted(compared, key=_quality, reverse=True):
        of_modality[each.template.modality].append(each)
    searched = [each for its in of_modality.values() for each in its[:SEARCHED]]
    if len(searched) < SEARCHED or min(map(_quality, searched)) < FAIR:
        return None
    return _Enrolment(check, compared, searched)


def _quality(stored: StoredTemplate) -> int:
    return UNMEASURED if stored.template.quality is None else stored.template.quality


def _searched(engine: Engine, probes: Sequence[StoredTemplate]) -> dict[int, Hits]:
    """Search with all probes, those of a modality in one call; return the hits by the probes' ids."""
    hits: dict[int, Hits] = {}
    of_modality: defaultdict[Modality, list[StoredTemplate]] = defaultdict(list)
    for probe in probes:
        of_modality[probe.template.modality].append(probe)
    for modality, its in of_modality.items():
        channel = engine.channels[modality]
        features = engine.pool.map(channel.recogniser.features, [probe.template for probe in its])
        # Filters of fingers only, which the index keeps: of people themselves, prints come back that are left out here.
        where = [replace(NO_FILTER, positions=frozenset({at})) if (at := known(p.position)) else NO_FILTER for p in its]
        found = channel.gallery.search_all(list(zip(features, where, strict=True)), HITS + 1, engine.pool)
        hits.update(zip((probe.id for probe in its), found, strict=True))
    return hits


def _named(enrolment: _Enrolment, hits: Sequence[Hits]) -> Sequence[int] | None:
    """Return templates of the people whom the hits of an enrolment name first; None if its own leave too few others."""
    others = []
    for of_probe in hits:
        is_other = of_probe.people != enrolment.person
        if np.count_nonzero(~is_other) > 1:
            return None
        others.append(Hits(*(values[is_other] for values in of_probe)))
    if not any(len(of_probe.ids) for of_probe in others):
        return []
    return [int(template_id) for template_id in np.unique(np.concatenate(most_alike(others, COMPARED)))]


def _below_thresholds(
    engine: Engine, reader: CheckReader, enrolments: Sequence[_Enrolment], people: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the enrolments of which no score with the people named reaches a threshold."""
    record_ids = sorted({record_id for named in people.values() for record_id in named})
    templates = engine.store.templates.of_records(record_ids, engine.models)
    looked_for = reader.looked_for(record_ids)
    duplicate = threshold_for_fpir(engine.rules.duplicate_fpir, engine.store.record_count())
    watched = min(duplicate, threshold_for_fpir(engine.rules.standing_fpir, reader.standing_count()))

    def scores(probes: Sequence[StoredTemplate], record_ids: Sequence[str]) -> dict[str, float]:
        comparison = PersonComparison(engine.channels, [Probe(each.template, each.position) for each in probes])
        people = comparison.score_all([templates.get(record_id, []) for record_id in record_ids])
        return {record_id: each.score.decibans for record_id, each in zip(record_ids, people, strict=True) if each}

    def is_new(enrolment: _Enrolment) -> bool:
        alike = scores(enrolment.searched, people[enrolment.check.encounter_id])
        likely = [record_id for record_id, decibans in alike.items() if decibans >= LIKELY]
        return not any(
            decibans >= (watched if record_id in looked_for else duplicate)
            for record_id, decibans in (scores(enrolment.stored, likely) if likely else {}).items()
        )

    new = engine.pool.map(is_new, enrolments)
    return [each.check.encounter_id for each, is_of_nobody in zip(enrolments, new, strict=True) if is_of_nobody]
