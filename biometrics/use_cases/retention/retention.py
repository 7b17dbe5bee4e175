"""Use cases of retention: what was directed, what is due, and destroying it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Final

from biometrics.access.jurisdiction import require_record, unit_of
from biometrics.access.persons import encounters_of
from biometrics.access.rights import needs, needs_one_of, unrestricted
from biometrics.backup import key_export
from biometrics.jobs.erasure import remove_answers
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NeedsTwoPeople, OutOfJurisdiction, UnknownEncounter
from biometrics.kernel.people.retention_rules import Clock, KeptEncounter, Order, probe_clock
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.people.holds import kept_encounters_of
from biometrics.people.rows import resolve_merged_id
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.retention.certificates import Certificate
from biometrics.retention.due import Timed, clocks, due_encounters, with_other_firs
from biometrics.retention.erasure import Destroyed, Facts, pending
from biometrics.retention.leftovers import (
    erase_from_cases,
    erase_from_lineups,
    erase_from_saved_filters,
    erase_from_searches,
    forget_leftovers,
    identifiers_in,
    load_leftovers,
)
from biometrics.retention.personal_text import TABLES
from biometrics.retention.probe_files import PLACE, due_files, files_of
from biometrics.retention.repository import NothingChosen, RetentionRepository, fact_of, require_search
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.clock_check import require_plausible
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.garbage import remove_unreferenced
from biometrics.storage.database.paging import paginate, parts

DELETION_REQUESTED: Final = "deletion_requested"  # the rule of what no clock, but its keeper, wanted destroyed
ORDER: Final = "order"  # the step of a request that enters an order
DELETE: Final = "delete"  # the step of a request that deletes a record, or an encounter of it
_NO_CERTIFICATE: Final = ""  # in its answer: the record had no encounter


class Retention:
    """Keeps the clocks of a records store and destroys what is due, on the store's behalf."""

    def __init__(self, store: RecordStore) -> None:
        """Share a store's database and images."""
        self._store = store

    @needs(Scope.RETENTION_MANAGE)
    def order(self, encounter_id: str, order: Order) -> str:
        """Enter what was directed about an encounter; return the order's id.

        Raises:
            UnknownEncounter: there is none of this id.
            ExpungementRefused: a release of a hold that is not in force.
            NeedsTwoPeople: to destroy, and another, independent person has to enter this order.
        """
        return self._enter(RetentionRepository.order, encounter_id, order)

    @needs(Scope.RETENTION_MANAGE)
    def order_of_search(self, search_id: str, order: Order) -> str:
        """Enter what was directed about the files of a search's probes; return the order's id.

        Raises:
            UnknownSearch, OutOfJurisdiction.
            ExpungementRefused: a release of a hold that is not in force, or no file is kept.
            NeedsTwoPeople: as for `order`.
        """
        return self._enter(RetentionRepository.order_of_search, search_id, order)

    def _enter(self, enter: Callable[[RetentionRepository, str, Order], str], subject_id: str, order: Order) -> str:
        with self._store.begin(ORDER) as work:
            if work.is_first:
                order_id = enter(work.retention, subject_id, order)
                work.audit(Action.RETENTION_ORDERED, canonical_id(subject_id), order=order_id, kind=order.kind)
                work.remember(order_id)
            return str(work.answer)

    @needs(Scope.RETENTION_MANAGE)
    def clocks_of(self, record_id: str, day: dt.date) -> list[Clock]:
        """Return the clock of each encounter of a record, the oldest first; of one without any those it had last.

        Raises:
            UnknownRecord, OutOfJurisdiction.
        """
        with self._store.database.reading() as connection:
            lead_id = resolve_merged_id(connection, record_id)
            require_record(connection, self._store.act, lead_id)
            unit, encounters = unit_of(self._store.act), encounters_of(connection, lead_id)
            by_record = kept_encounters_of(connection, sorted({encounter.record_id for encounter in encounters}))
        timed = [clock for rows in by_record.values() for clock in clocks(list(rows.values()), day)]
        visible_ids = {
            encounter.id for encounter in encounters if encounter.record_id == lead_id or unit.covers(encounter.unit)
        }
        return [clock for clock in timed if clock.encounter_id in visible_ids]

    @needs(Scope.RETENTION_MANAGE)
    def clock_of_search(self, search_id: str, day: dt.date) -> Clock | None:
        """Return when the kept files of a search of the actor's unit, or below it, are due; None where none is kept.

        Raises:
            UnknownSearch, OutOfJurisdiction.
        """
        with self._store.database.reading() as connection:
            canonical = require_search(connection, self._store.act, search_id)
            files = files_of(connection, [canonical]).get(canonical)
        return None if files is None else probe_clock(files, day)

    @needs_one_of(Scope.RETENTION_MANAGE, Scope.RECORD_EXPUNGE)
    def due(self, day: dt.date, limit: int | None = None) -> list[Timed]:
        """Return the encounters whose samples are due on a day, with those that only a hold keeps, by record.

        They are those that were made at the actor's unit, or below it. Then come the searches whose files are due.
        """
        every = self._due(day)
        due = [timed for _, timed in islice(every, limit)]
        self._store.note(Action.RETENTION_LISTED, due=len(due))
        return due

    @needs(Scope.RETENTION_MANAGE)
    def due_page(self, day: dt.date, limit: int, after: str | None = None) -> Page[Timed, str]:
        """Return some of those that `due` returns; `after`: cursor of the previous page.

        Raises:
            InvalidField: no page named the cursor.
        """
        count, record_id = (0, "") if after is None else parts(r"([0-9]{1,9})\.(~?[0-9a-f-]{36})", after)
        every = self._due(day, record_id)
        rest = (due for due in every if due[0] > (record_id, count))
        page, cursor = paginate(list(islice(rest, limit + 1)), limit, lambda due: "{1}.{0}".format(*due[0]))
        with self._store.database.reading() as connection:
            due_on_page = with_other_firs(connection, [timed for _, timed in page])
        self._store.note(Action.RETENTION_LISTED, due=len(page))
        return Page(due_on_page, cursor)

    @needs(Scope.RECORD_EXPUNGE)
    def run(
        self,
        day: dt.date,
        progress: Callable[[Certificate], None] = lambda _: None,
        confirmed_day: dt.date | None = None,
    ) -> list[Certificate]:
        """Destroy what is due on a day, after finishing what an earlier run left; return a certificate of each record.

        Two people take part: what the actor alone has made due, by an outcome or an order, is left to another person.

        `confirmed_day` is today's date where a person confirms it, because the audit log has a gap.

        Raises:
            ClockImplausible: the clock may be wrong; nothing was destroyed.
            NeedsTwoPeople: the actor alone has made due all that is; nothing was destroyed.
            StoreUnavailable, DecryptionFailed: the rest is as it was; the same call goes on where this one ended.
        """
        with self._store.database.noting() as connection:
            require_plausible(connection, self._store.database.clock_gap, confirmed_day)
            audit.append(
                connection,
                self._store.act,
                Action.RETENTION_RUN,
                day=day.isoformat(),
                confirmed=confirmed_day is not None,
            )
        self._erase_unauthorised(day)
        every = [timed for timed in self.due(day) if timed.clock.is_due(day)]
        due = [timed for timed in every if not timed.clock.needs_another(self._actor_id)]
        if every and not due:
            raise NeedsTwoPeople("You alone have entered what makes these due; another person must destroy them.")
        for record_id in {timed.record_id: None for timed in due if timed.record_id}:
            self.expunge(record_id, partial(_due_facts, day, self._actor_id))
        for search_id in [timed.search_id for timed in due if timed.search_id]:
            self._expunge_files(search_id, day)
        self._erase_clearances(day)
        return self.finish(progress)

    @property
    def _actor_id(self) -> str:
        return "" if self._store.act is None else self._store.act.actor.id

    def _due(self, day: dt.date, since: str = "") -> Iterator[tuple[tuple[str, int], Timed]]:
        database, unit = self._store.database, unit_of(self._store.act)
        of_people = () if since.startswith(PLACE) else due_encounters(database, unit, day, since)
        return chain(of_people, due_files(database, unit, day, since))

    def _erase_unauthorised(self, day: dt.date) -> None:
        """Erase what searches found that were refused their order, or did not get it in time."""
        with self._store.begin() as work:
            if erased := work.retention.erase_unauthorised(day):
                work.audit(Action.SEARCHES_WITHDRAWN, "", searches=erased)
            else:
                work.leave_unchanged()
        if erased:
            self._store.database.forget(TABLES)

    def _erase_clearances(self, day: dt.date) -> None:
        """Erase the particulars of applicants whose period has ended; their samples have a clock of their own."""
        with self._store.begin() as work:
            if erased := work.clearances.erase_due(day):
                work.audit(Action.CLEARANCES_ERASED, "", erased=erased)
            else:
                work.leave_unchanged()
        if erased:
            self._store.database.forget(TABLES)

    def _expunge_files(self, search_id: str, day: dt.date) -> None:
        def write(work: UnitOfWork) -> None:
            if (destroyed := work.retention.destroy_files(search_id, day)) is None:
                work.leave_unchanged()
            else:
                work.audit(Action.EXPUNGED, search_id, expungement=destroyed.id, files=len(destroyed.files))

        self._store.carry_out(write)

    @needs(Scope.RECORD_EXPUNGE)
    def check_clock(self, confirmed_day: dt.date | None = None) -> None:
        """Refuse, as `run` would, where the clock may be wrong.

        Raises:
            ClockImplausible: the message says why, and what to do.
        """
        with self._store.database.reading() as connection:
            require_plausible(connection, self._store.database.clock_gap, confirmed_day)

    @needs(Scope.RECORD_EXPUNGE)
    def expunge(self, record_id: str, choose: Callable[[list[KeptEncounter]], list[Facts]]) -> bool:
        """Destroy those encounters of a record that `choose` names, as by `Expunger.expunge`; say whether it named any.

        Encounters of other units stay. `finish` does the rest.

        Raises:
            UnknownRecord, ExpungementRefused; and as for `run`.
        """
        try:
            self._store.carry_out(lambda work: _audit(work, work.retention.destroy(record_id, choose)))
        except NothingChosen:
            return False
        return True

    @needs(Scope.RECORD_EXPUNGE)
    def delete(self, record_id: str, basis: str, encounter_id: str | None = None) -> Certificate | None:
        """Destroy a record, or one encounter of it, at the request of its owner; `basis` says who and why.

        Samples are destroyed and certified like those that are due. Encounters of other units stay. A record without an
        encounter is removed without a certificate; the result is None then. A repeated request returns the certificate
        of its first arrival.

        The rows and the keys are gone when this returns, and the files, unless the image store does not answer: then
        `finish` and `RecordStore.sweep` remove them. `finish` also does what need not be waited for: the
        copies of the keys, the database's own remains, and the signature, which the certificate lacks until then.

        Raises:
            UnknownRecord, UnknownEncounter, OutOfJurisdiction.
            ExpungementRefused: a court or magistrate holds some of it.
        """
        try:
            return self._store.carry_out(lambda work: _delete(work, record_id, basis, encounter_id), DELETE)
        except NothingChosen as error:
            raise OutOfJurisdiction("Another unit made what is to be deleted; have it done there.") from error

    @unrestricted("of the actor's own request")
    def deleted_before(self) -> bool:
        """Say whether an earlier arrival of this request has deleted what it asks for.

        Raises:
            KeyReused: the key was used for another request.
        """
        return self._store.answered_before(DELETE) is not None

    @unrestricted("it completes what was destroyed already")
    def finish(self, progress: Callable[[Certificate], None] = lambda _: None) -> list[Certificate]:
        """Finish what was destroyed in the database only: files, copies of the keys, leftovers; then sign.

        The time that it takes grows with all keys, not with what was destroyed. A server does it in the background.
        """
        with self._store.database.reading() as connection:
            unfinished = pending(connection)
        if not unfinished:
            return []
        erase_leftovers(self._store, [destroyed.id for destroyed in unfinished])
        for destroyed in unfinished:
            remove_unreferenced(self._store.database, self._store.images, destroyed.files)
        self._store.database.forget(TABLES)
        copies = key_export.rewrite(self._store.database)
        certificates = []
        for destroyed in unfinished:
            with self._store.as_system("finishes erasures").begin() as work:
                certificates.append(work.retention.sign(destroyed, copies))
            progress(certificates[-1])
        return certificates


def _delete(work: UnitOfWork, record_id: str, basis: str, encounter_id: str | None) -> Certificate | None:
    if work.is_first:
        lead_id = work.retention.require_deletable(record_id, encounter_id)
        if encounter_id is None and work.retention.remove_if_empty(lead_id):
            work.audit(Action.RECORD_REMOVED, lead_id, images=0)
            work.remember(_NO_CERTIFICATE)
        else:
            destroyed = work.retention.destroy(lead_id, partial(_asked_for, basis, encounter_id), requested=True)
            _audit(work, destroyed)
            work.remember(destroyed.id)
    return None if work.answer == _NO_CERTIFICATE else work.retention.certificate(work.answer)


def _audit(work: UnitOfWork, destroyed: Destroyed) -> None:
    for record_id in destroyed.emptied:
        work.audit(Action.RECORD_REMOVED, record_id, images=0)
    work.audit(Action.EXPUNGED, destroyed.record_id, expungement=destroyed.id, files=len(destroyed.files))


def _due_facts(day: dt.date, actor_id: str, encounters: list[KeptEncounter]) -> list[Facts]:
    due = (clock for clock in clocks(encounters, day) if clock.is_due(day) and not clock.needs_another(actor_id))
    return [_fact(clock) for clock in due]


def _asked_for(basis: str, encounter_id: str | None, encounters: list[KeptEncounter]) -> list[Facts]:
    """Return the certificate's facts of all encounters, or one, to be deleted by request."""
    canonical = None if encounter_id is None else canonical_id(encounter_id)
    common = {"rule": DELETION_REQUESTED, "basis": basis, "due": today().isoformat()}
    asked_for = [{"encounter": encounter.id} | common for encounter in encounters if canonical in (None, encounter.id)]
    if not asked_for:  # it was moved since the request was checked
        raise UnknownEncounter(f"There is no encounter {encounter_id} in this record; check the number.")
    return asked_for


def _fact(clock: Clock) -> Facts:
    """Return the certificate's facts of an encounter: nothing about the person."""
    return {"encounter": clock.encounter_id} | fact_of(clock)


def erase_leftovers(store: RecordStore, expungements: Sequence[str]) -> None:
    """Erase what expungements left, each kind in transactions of its own; a second call continues.

    The stored answers are read once, however many expungements there are.
    """
    database, keys = store.database, store.keys
    with database.reading() as connection:
        loaded = {expungement_id: load_leftovers(connection, keys, expungement_id) for expungement_id in expungements}
    left = [leftover for leftover in loaded.values() if leftover is not None]
    if not left:
        return
    for leftovers, _ in left:
        with database.writing() as connection:
            erase_from_cases(connection, leftovers)
        with database.writing() as connection:
            erase_from_searches(connection, leftovers)
        with database.writing() as connection:
            erase_from_lineups(connection, leftovers)
        with database.writing() as connection:
            erase_from_saved_filters(connection, leftovers)
    identifiers_of_all = {identifier for leftovers, _ in left for identifier in leftovers.known_as}

    def is_about_one(texts: Sequence[str], changed_at: datetime) -> bool:
        identifiers = identifiers_in(texts) & identifiers_of_all
        return any(leftovers.are_about(texts, identifiers, before=changed_at < at) for leftovers, at in left)

    with database.writing() as connection:
        remove_answers(connection, keys, is_about_one)
    with database.writing() as connection:
        for expungement, remaining in sorted(loaded.items()):  # in one order: another server may be doing the same
            if remaining is not None:
                forget_leftovers(connection, keys, expungement)
