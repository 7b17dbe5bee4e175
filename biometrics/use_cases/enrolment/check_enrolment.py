"""The check of an enrolment: is the person on record already, and is there a standing search for them?

A check is requested in the enrolment's transaction, and the request is removed in the transaction that writes its
result. So the enrolment never waits for it, a crash loses nothing, and nothing is reported twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from biometrics.kernel.access import SERVICE
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.labels import Filter
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.ranking import Ranking
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.settle_cases import settle
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.pending import Progress, work_off_each
from biometrics.use_cases.enrolment.screen_enrolments import screen
from biometrics.use_cases.search.candidates import candidates, finding, first
from biometrics.use_cases.search.standing_hits import standing_hits
from biometrics.watchlist.checks import CheckNotRequested, CheckReader
from biometrics.watchlist.model import (
    DEFAULT_RULES,
    Candidate,
    Checked,
    CheckRules,
)

log = logging.getLogger("pehchan")

CANDIDATES = 10  # the most people that an enrolment is reported to resemble
BATCH = 100  # checks fetched at a time
FEWEST = 1000  # untried checks from which on they are screened, which may miss a mate: a bulk load
BLOCK = 50  # of those, marked as tried in one transaction
SCREENED = 5  # enrolments at a time: this delays other searches no longer than one check does


def check_enrolment(engine: Engine, encounter_id: str, *, is_new: bool = False) -> tuple[str, ...]:
    """Search for an enrolment with its stored templates; return the ids of the cases that this opened.

    A check is carried out once, even if several callers request it. `is_new`: screening found nobody on record, so only
    standing searches are compared.

    Raises:
        StoreUnavailable: the check waits to be made later.
    """
    engine = engine.as_system("checks enrolments")
    checks = CheckReader(engine.store.database)
    check = checks.check(encounter_id)
    if check is None:
        return ()
    loaded = engine.store.templates.load(check.template_ids)
    groups = _by_model(engine, loaded)
    compared = {template.sample_id for _, group in groups for template in group}
    with_scale = [(by_model, by_model.with_scale(group)) for by_model, group in groups]
    missing = sorted({template.template.model for template in loaded if template.sample_id not in compared})
    people, standing, rules = engine.store.record_count(), checks.standing_count(), engine.rules
    other_people = Filter(without=frozenset({int(check.national_number)}))
    checked = Checked(
        candidates=() if is_new else _alike_by_any(_once_each(with_scale), other_people, people),
        hits=standing_hits(groups, checks) if standing else (),
        duplicate=threshold_for_fpir(rules.duplicate_fpir, people),
        watched=threshold_for_fpir(rules.standing_fpir, standing),
    )
    return finish_check(engine.store, encounter_id, checked, rules, next(iter(missing), None))


def finish_check(
    store: RecordStore,
    encounter_id: str,
    checked: Checked,
    rules: CheckRules = DEFAULT_RULES,
    missing_model: str | None = None,
) -> tuple[str, ...]:
    """Write what a check found: cases, and notifications. Return the ids of the cases that it opened.

    `missing_model` made a template that was not compared, since it is not in use: the request stays, and is counted,
    until it is. If the check was finished meanwhile, or the enrolment removed, nothing is written.
    """
    try:
        with store.for_actor(SERVICE).begin() as work:
            if missing_model is None:
                check = work.checks.take(encounter_id)
            else:
                check = work.checks.take_in_part(encounter_id, missing_model)
            opened = work.checks.answer(check, checked, rules.verified)
            work.audit(Action.ENROLMENT_CHECKED, check.record_id, encounter=encounter_id, cases=opened)
    except CheckNotRequested:
        return ()
    return tuple(opened)


def check_at_once(engine: Engine, encounter_id: str) -> tuple[str, ...]:
    """Check an enrolment that was just stored, where that is wanted at once; what fails waits for `work_off`."""
    if not engine.rules.at_once:
        return ()
    try:
        return check_enrolment(engine, encounter_id)
    except Exception:  # the enrolment stands: an error here would have the station send it again
        log.exception("Stored; the check for duplicates is made later.")
        return ()


def work_off(
    engine: Engine,
    older_than: timedelta = timedelta(),
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Carry out the checks that have waited longer than `older_than`, and end expired standing searches.

    Returns the number of checks. Where many were never tried, as after a bulk load, enrolments that `screen` takes for
    new people are not searched for in full. Once `stopped` returns true, the remaining checks wait for the next call.

    Raises:
        StoreUnavailable: the rest waits.
    """
    store = engine.store.as_system("checks enrolments")
    with store.begin() as work:
        work.checks.end_expired()
    settle(store)
    checks = CheckReader(store.database)
    noted, new = set[str](), set[str]()
    block: list[str] = []  # of these, the ones not screened yet

    def waiting() -> list[str]:
        ids = checks.waiting(max(FEWEST, BLOCK), older_than, engine.by_model, tries=0)
        if len(ids) < FEWEST:
            return checks.waiting(BATCH, older_than, engine.by_model)
        del ids[BLOCK:]
        with store.begin() as work:
            work.checks.put_off(*ids)
        noted.update(ids)
        block[:] = ids
        return ids

    def carry_out(encounter_id: str) -> None:
        if encounter_id in block:
            looked_at = block[:SCREENED]
            del block[:SCREENED]
            new.update(_new_people(engine, looked_at))
        check_enrolment(engine, encounter_id, is_new=encounter_id in new)

    return work_off_each(
        store,
        waiting,
        lambda work, encounter_id: None if encounter_id in noted else work.checks.put_off(encounter_id),
        carry_out,
        "The check of an enrolment failed; it is tried again.",
        stopped=stopped,
        progress=progress,
    )


def _new_people(engine: Engine, encounter_ids: Sequence[str]) -> frozenset[str]:
    try:
        return screen(engine.as_system("checks enrolments"), encounter_ids)
    except StoreUnavailable:
        raise
    except Exception:  # a shortcut, whatever its error, must not keep any enrolment from its full check
        log.exception("Screening enrolments failed; they are checked in full.")
        return frozenset()


def _by_model(engine: Engine, loaded: Sequence[StoredTemplate]) -> list[tuple[Engine, list[StoredTemplate]]]:
    """Return templates by the models in use with an engine that compares them: first those of the models in force.

    The templates by the models in force of all modalities are searched together; other models each by itself.
    """
    groups = [(engine, [template for template in loaded if template.template.model in engine.models])]
    for model, channel in engine.by_model.items():
        group = [template for template in loaded if template.template.model == model]
        if group and model not in engine.models:
            of_model = engine.with_models({channel.recogniser.modality: model})
            groups.append((of_model, group))
    return groups


def _once_each(groups: list[tuple[Engine, list[StoredTemplate]]]) -> list[tuple[Engine, list[StoredTemplate]]]:
    """Leave out templates whose sample has one in an earlier group."""
    compared: set[int] = set()
    chosen = []
    for engine, group in groups:
        chosen.append((engine, [template for template in group if template.sample_id not in compared]))
        compared |= {template.sample_id for template in group}
    return chosen


def _alike_by_any(
    groups: list[tuple[Engine, list[StoredTemplate]]], other_people: Filter, people: int
) -> tuple[Candidate, ...]:
    """Return the people most like an enrolment's templates, by the best of the models that these are of."""
    best: dict[str, Candidate] = {}
    for engine, stored in groups:
        for candidate in _most_alike_people(engine, stored, other_people, people):
            if (before := best.get(candidate.record_id)) is None or candidate.finding.score > before.finding.score:
                best[candidate.record_id] = candidate
    ranked = sorted(best.values(), key=lambda candidate: -candidate.finding.score)[:CANDIDATES]
    return tuple(
        replace(candidate, finding=replace(candidate.finding, rank=rank)) for rank, candidate in enumerate(ranked, 1)
    )


def _most_alike_people(
    engine: Engine, stored: Sequence[StoredTemplate], other_people: Filter, people: int
) -> tuple[Candidate, ...]:
    if not stored:
        return ()
    probes = [Probe(template.template, template.position, f"sample {template.sample_id}") for template in stored]
    ranked = Ranking(CANDIDATES, engine.shortlist, other_people).rank(engine.matching, probes)
    best = candidates(ranked, first(ranked, CANDIDATES), people, engine.rules.duplicate_fpir)
    others = people - 1  # the enrolled person is on record already
    found = [(person.record_id, finding(rank, person)) for rank, person in enumerate(best, start=1)]
    return tuple(Candidate(record_id, each.among(others)) for record_id, each in found)
