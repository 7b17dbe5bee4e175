"""What follows from a case that is over: two records that are one person's become one, and are never asked about again.

What is due is written with the decision, and removed when it was done: a crash between the two only puts it off.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from sqlalchemy import exists, or_, select, update

from biometrics.cases.case import Case
from biometrics.cases.rows import hold_case, load_cases, save_step
from biometrics.kernel.access import SERVICE, Unit
from biometrics.kernel.casework.cases import CaseKind, CaseState
from biometrics.kernel.errors import MergeRefused, NotFound, OutOfJurisdiction, PehchanError, VersionMismatch
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.tables.cases import FOLLOW_UP, MERGE, cases
from biometrics.storage.tables.people import records
from biometrics.storage.tables.searches import search_probes

log = logging.getLogger("pehchan")

BATCH = 100  # cases looked at in one go
TRIES = 5  # while others change the records


def settle(store: RecordStore) -> int:
    """Do what is due, and withdraw the cases of records that were removed; return how many merges were made."""
    acting = store.for_actor(SERVICE)
    _withdraw_orphans(acting)
    _end_follow_ups(store)
    merged = 0
    for case_id, record_id, candidate_id in _due(acting):
        try:
            merged += _merge(acting, case_id, record_id, candidate_id)
        except Exception:  # one case must not keep the others waiting
            log.exception("Case %s: the records are merged later.", case_id)
    return merged


def settle_soon(store: RecordStore) -> None:
    """Settle after a decision that is stored; what fails is logged, and done later in the background."""
    try:
        settle(store)
    except Exception:  # an error here would say that the decision was not stored
        log.exception("The decision is stored; its consequences follow later.")


def _due(store: RecordStore) -> list[tuple[str, str, str]]:
    """Return (case, record that asked, candidate) of the merges that are due."""
    query = select(cases.c.id, cases.c.record_id, cases.c.candidate_id).where(cases.c.due == MERGE).limit(BATCH)
    with store.database.reading() as connection:
        return [(row.id, row.record_id, row.candidate_id) for row in connection.execute(query)]


def _merge(store: RecordStore, case_id: str, record_id: str, candidate_id: str) -> bool:
    """Merge the later of two records into the earlier one, whose number stays.

    If the unit of an examiner who decided so no longer sees both records, they are not merged: a user who may see both
    must do it.
    """
    merged, again_at = False, None
    for _ in range(TRIES):
        try:
            case = _case(store, case_id)
            units = _deciding_units(case)
            first, second = sorted(
                (store.people.get(record) for record in (record_id, candidate_id)), key=lambda record: record.created_at
            )
            reason = f"case {case.number}: identification"
            store.editor.merge(first.id, first.version, second.id, reason, decided_by=units)
            merged = True
        except VersionMismatch:  # it was changed meanwhile: read that change, then merge
            continue
        except (MergeRefused, NotFound):  # it was done already, or one of them is no more
            break
        except OutOfJurisdiction:
            again_at = FOLLOW_UP
            break
        except PehchanError as error:
            log.warning("Case %s: the records are merged later: %s", case_id, error.message)
            return False
        break
    else:
        return False
    with store.database.writing() as connection:
        acquire(connection, Lock.CASE, case_id)
        connection.execute(update(cases).where(cases.c.id == case_id).values(due=again_at, version=cases.c.version + 1))
    return merged


def _case(store: RecordStore, case_id: str) -> Case:
    with store.database.reading() as connection:
        (case,) = load_cases(connection, [case_id])
    return case


def _deciding_units(case: Case) -> tuple[Unit, ...]:
    """Return the units of the examiners whose opinions lead to a merge.

    Raises:
        OutOfJurisdiction: it was not kept of one of them.
    """
    paths = [opinion.unit for opinion in case.decisive]
    if not paths or not all(paths):
        raise OutOfJurisdiction("It is not known of which unit an examiner was.")
    return tuple(map(Unit.of, paths))


def _end_follow_ups(store: RecordStore) -> None:
    """Close the follow-up of cases whose records have been merged, or one of whose records is gone."""
    query = select(cases.c.id, cases.c.record_id, cases.c.candidate_id).where(cases.c.due == FOLLOW_UP)
    with store.database.reading() as connection:
        waiting = connection.execute(query.order_by(cases.c.id)).all()
    for batch in in_chunks(waiting, BATCH):
        survivors = store.people.resolve_merged_ids(
            [record_id for row in batch for record_id in (row.record_id, row.candidate_id)]
        )
        settled = [
            row.id
            for row in batch
            if survivors.get(row.record_id) == survivors.get(row.candidate_id)
            or len(survivors.keys() & set(row[1:])) < len(row[1:])
        ]
        if not settled:
            continue
        with store.database.writing() as connection:
            for case_id in sorted(settled):
                acquire(connection, Lock.CASE, case_id)
                ended = update(cases).where(cases.c.id == case_id, cases.c.due == FOLLOW_UP)
                connection.execute(ended.values(due=None, version=cases.c.version + 1))


def _withdraw_orphans(store: RecordStore) -> None:
    """Withdraw the cases whose candidate or probe record was removed: there is nothing left to compare.

    A case about two latents is withdrawn when one of them has no probe left.
    """
    over = (CaseState.CLOSED, CaseState.WITHDRAWN)
    links, probes = cases.c.kind == CaseKind.LATENT_LINK, search_probes.c.search_id
    is_orphaned = or_(
        ~links & ~exists().where(records.c.id == cases.c.candidate_id),
        links & ~exists().where(probes == cases.c.search_id),
        links & ~exists().where(probes == cases.c.candidate_search_id),
        cases.c.record_id.is_not(None) & ~exists().where(records.c.id == cases.c.record_id),
    )
    query = select(cases.c.id).where(cases.c.state.not_in(over), is_orphaned).limit(BATCH)
    with store.database.reading() as connection:
        orphans = connection.execute(query).scalars().all()
    for case_id in orphans:
        with store.for_actor(SERVICE).begin() as work:
            before = hold_case(work.transaction.connection, case_id)
            if before.over:
                work.leave_unchanged()
                continue
            after = before.withdraw(SERVICE.actor.id, "what it is about was removed", datetime.now(UTC))
            save_step(work.transaction.connection, before, after)
            work.audit(Action.CASE_WITHDRAWN, case_id, state=after.state)
