"""The keeping of samples: what was directed, what is due, and destroying it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from sqlalchemy import Connection, select, union, update

from biometrics.common.clock import today
from biometrics.domain.access import Scope
from biometrics.domain.entry import require_proper
from biometrics.domain.errors import ExpungementRefused, OutOfJurisdiction, UnknownEncounter
from biometrics.domain.retention_rules import YEARS_KEPT, Clock, Order, OrderKind, Visit, clock
from biometrics.records.access.jurisdiction import at_or_below, require_encounter, require_record, unit_of
from biometrics.records.access.rights import needs, needs_one_of, unrestricted
from biometrics.records.audit import log as audit
from biometrics.records.audit.clock_check import require_plausible
from biometrics.records.audit.log import Action, plain_json
from biometrics.records.backup import key_export
from biometrics.records.blobs.garbage import remove_unreferenced
from biometrics.records.blobs.upload import Uploads
from biometrics.records.crypto.signing import Signer
from biometrics.records.database.paging import Page, paginate, parts
from biometrics.records.jobs.idempotency import Step, answered
from biometrics.records.people.encounters import count_encounters, require_encounter_of
from biometrics.records.people.history_tables import outcomes
from biometrics.records.people.repository import canonical_id, lead, remove_if_empty, touch
from biometrics.records.people.tables import encounters
from biometrics.records.retention.certificates import Certificate
from biometrics.records.retention.erasure import Destroyed, Expunger, Facts, pending
from biometrics.records.retention.holds import refuse_held, visits_of
from biometrics.records.retention.tables import expungements, retention_orders
from biometrics.records.store import RecordStore

DELETION_REQUESTED: Final = "deletion_requested"  # the rule of what no clock, but its keeper, wanted destroyed
BATCH: Final = 200  # records looked at in one query


@dataclass(frozen=True)
class Timed:
    """An encounter with its clock; the record and the station it is of say where to look."""

    record_id: str
    station_code: str
    clock: Clock


class RetentionStore:
    """Keeps the clocks of a records store and destroys what is due, on the store's behalf."""

    def __init__(self, store: RecordStore) -> None:
        """Share a store's database and images."""
        self._store = store

    @property
    def _who(self) -> str:
        return self._store.act.actor.id if self._store.act else ""

    @needs(Scope.RETENTION_MANAGE)
    def order(self, encounter_id: str, order: Order) -> str:
        """Enter what was directed about an encounter; return the order's id.

        Raises:
            UnknownEncounter: there is none of this id.
            ExpungementRefused: a release where nothing is held.
        """
        with self._store.database.writing() as connection:
            step = Step(connection, self._store.given, "order")
            if (answer := step.answer()) is not None:
                return str(answer["id"])
            order_id = self._enter(connection, encounter_id, order)
            step.remember({"id": order_id})
            return order_id

    def _enter(self, connection: Connection, encounter_id: str, order: Order) -> str:
        require_proper(order)
        order_id = str(uuid.uuid4())
        record_id = _record_of(connection, encounter_id)
        touch(connection, record_id)  # locks the record: waits for an expungement of it, or makes that wait
        known = canonical_id(encounter_id)
        require_encounter(connection, self._store.act, known)
        visit = visits_of(connection, [record_id])[record_id][known]
        if order.kind is OrderKind.RELEASE and visit.hold(dt.date.min) is None:
            raise ExpungementRefused("There is no hold on this encounter to be released.")
        connection.execute(
            retention_orders.insert().values(
                id=order_id,
                encounter_id=known,
                kind=order.kind,
                authority=order.authority,
                reference=order.reference,
                date=order.date,
                until=order.until,
                reason=order.reason,
                created_at=dt.datetime.now(dt.UTC),
                created_by=self._who,
            )
        )
        audit.append(connection, self._store.act, Action.RETENTION_ORDERED, known, order=order_id, kind=order.kind)
        return order_id

    @needs(Scope.RETENTION_MANAGE)
    def clocks_of(self, record_id: str, day: dt.date) -> list[Clock]:
        """Return the clock of each encounter of a record, the oldest first.

        Raises:
            UnknownRecord, OutOfJurisdiction.
        """
        with self._store.database.reading() as connection:
            known = lead(connection, record_id)
            require_record(connection, self._store.act, known)
            visits = visits_of(connection, [known]).get(known, {})
        return _clocks(list(visits.values()), day)

    @needs_one_of(Scope.RETENTION_MANAGE, Scope.RECORD_EXPUNGE)
    def due(self, day: dt.date, limit: int | None = None) -> list[Timed]:
        """Return the encounters whose samples are due on a day, with those that only a hold keeps, by record.

        They are those that were made at the actor's unit, or below it.
        """
        listed = [timed for _, timed in islice(self._due(day), limit)]
        self._store.note(Action.RETENTION_LISTED, due=len(listed))
        return listed

    @needs(Scope.RETENTION_MANAGE)
    def due_page(self, day: dt.date, limit: int, after: str | None = None) -> Page[Timed, str]:
        """Return some of those that `due` returns; `after` is the `after` of the page before.

        Raises:
            InvalidField: no page named the cursor.
        """
        count, record_id = (0, "") if after is None else parts(r"([0-9]{1,9})\.([0-9a-f-]{36})", after)
        rest = (due for due in self._due(day, record_id) if due[0] > (record_id, count))
        shown, place = paginate(list(islice(rest, limit + 1)), limit, lambda due: "{1}.{0}".format(*due[0]))
        self._store.note(Action.RETENTION_LISTED, due=len(shown))
        return Page(tuple(timed for _, timed in shown), place)

    def _due(self, day: dt.date, since: str = "") -> Iterator[tuple[tuple[str, int], Timed]]:
        """Yield what is due, from a record on, each with its place: the record, and its number within the record."""
        for record_id, stations, visits in self._watched(day, since):
            past = (due for due in _clocks(visits, day) if due.due <= day and due.encounter_id in stations)
            for number, due in enumerate(past, start=1):
                yield (record_id, number), Timed(record_id, stations[due.encounter_id], due)

    @needs(Scope.RECORD_EXPUNGE)
    def run(
        self,
        day: dt.date,
        progress: Callable[[Certificate], None] = lambda _: None,
        confirmed_day: dt.date | None = None,
    ) -> list[Certificate]:
        """Destroy what is due on a day, after finishing what an earlier run left; return a certificate of each record.

        `confirmed_day` is today's date where a person confirms it, because the audit log has a gap.

        Raises:
            ClockImplausible: the clock may be wrong; nothing was destroyed.
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
        for record_id in {timed.record_id: None for timed in self.due(day) if timed.clock.is_due(day)}:
            self.expunge(record_id, partial(self._due_facts, day))
        return self.finish(progress)

    @needs(Scope.RECORD_EXPUNGE)
    def check_clock(self, confirmed_day: dt.date | None = None) -> None:
        """Refuse, as `run` would, where the clock may be wrong.

        Raises:
            ClockImplausible: the message says why, and what to do.
        """
        with self._store.database.reading() as connection:
            require_plausible(connection, self._store.database.clock_gap, confirmed_day)

    def _due_facts(self, day: dt.date, visits: list[Visit]) -> list[Facts]:
        return [_fact(clock) for clock in _clocks(visits, day) if clock.is_due(day)]

    @needs(Scope.RECORD_EXPUNGE)
    def expunge(self, record_id: str, choose: Callable[[list[Visit]], list[Facts]]) -> bool:
        """Destroy those encounters of a record that `choose` names, as by `Expunger.expunge`; say whether it named any.

        Those of other units stay.

        `finish` does the rest.

        Raises:
            UnknownRecord, ExpungementRefused; and as for `run`.
        """
        with self._uploads() as uploads:
            while True:
                with uploads.transaction(self._store.database) as connection:
                    return self._destroy(connection, uploads, record_id, choose) is not None

    def _uploads(self) -> Uploads:
        return Uploads(self._store.images, self._store.keys)

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
        with self._uploads() as uploads:
            while True:
                with uploads.transaction(self._store.database) as connection:
                    return self._delete(connection, uploads, record_id, basis, encounter_id)

    def _delete(
        self, connection: Connection, uploads: Uploads, record_id: str, basis: str, encounter_id: str | None
    ) -> Certificate | None:
        step = Step(connection, self._store.given, "delete")
        if (answer := step.answer()) is not None:
            return _certificate(connection, answer["id"]) if answer["id"] else None
        known = lead(connection, record_id)
        require_record(connection, self._store.act, known)
        if encounter_id is not None:
            require_encounter_of(connection, known, encounter_id)
        elif count_encounters(connection, known) == 0:
            touch(connection, known)  # waits for those who are adding an encounter, and shuts out the next
            if remove_if_empty(connection, self._store.keys, known):
                audit.append(connection, self._store.act, Action.RECORD_REMOVED, known, images=0)
                step.remember({"id": ""})
                return None
        wanted = partial(_asked_for, basis, encounter_id)
        destroyed = self._destroy(connection, uploads, known, wanted, held_stay=True)
        if destroyed is None:
            raise OutOfJurisdiction("Another unit made what is to be deleted; have it done there.")
        step.remember({"id": destroyed.id})
        return _certificate(connection, destroyed.id)

    @unrestricted("of the actor's own request")
    def deleted_before(self) -> bool:
        """Say whether an earlier arrival of this request has deleted what it asks for.

        Raises:
            KeyReused: the key was used for another request.
        """
        with self._store.database.reading() as connection:
            return answered(connection, self._store.given, "delete") is not None

    def _destroy(
        self,
        connection: Connection,
        uploads: Uploads,
        record_id: str,
        choose: Callable[[list[Visit]], list[Facts]],
        *,
        held_stay: bool = False,
    ) -> Destroyed | None:
        """Destroy the chosen encounters of a record; `held_stay` refuses where a hold keeps one of them."""
        known = lead(connection, record_id)

        def chosen() -> list[Facts]:
            own = self._stations(connection, [known])
            visits = list(visits_of(connection, [known]).get(known, {}).values())
            facts = [fact for fact in choose(visits) if fact["encounter"] in own]
            for fact in facts if held_stay else ():
                refuse_held(connection, self._store.database.clock_gap, known, fact["encounter"])
            return facts

        destroyed = Expunger(connection, uploads, self._who).expunge(known, chosen)
        if destroyed is not None:
            about = {"expungement": destroyed.id, "files": len(destroyed.files)}
            audit.append(connection, self._store.act, Action.EXPUNGED, known, **about)
        return destroyed

    @unrestricted("it completes what was destroyed already")
    def finish(self, progress: Callable[[Certificate], None] = lambda _: None) -> list[Certificate]:
        """Finish what was destroyed in the database only: files, copies of the keys, leftovers; then sign.

        The time that it takes grows with all keys, not with what was destroyed. A server does it in the background.
        """
        with self._store.database.reading() as connection:
            left = pending(connection)
        if not left:
            return []
        for certificate in left:
            remove_unreferenced(self._store.database, self._store.images, certificate.files)
        self._store.database.forget()
        copies = key_export.rewrite(self._store.database)
        done = []
        for certificate in left:
            done.append(self._sign(certificate, copies))
            progress(done[-1])
        return done

    def _sign(self, destroyed: Destroyed, copies: Mapping[str, bool]) -> Certificate:
        with self._store.database.writing() as connection:
            query = select(expungements.c.content).where(expungements.c.id == destroyed.id)
            signer = Signer(self._store.keys, connection)
            content = json.loads(connection.execute(query).scalar_one())
            content |= {"key_copies": dict(copies), "public_key": signer.public_key}
            signature = signer.sign(plain_json(content).encode())
            unsigned = (expungements.c.id == destroyed.id, expungements.c.signature.is_(None))
            signed = {"content": plain_json(content), "signature": signature}
            connection.execute(update(expungements).where(*unsigned).values(**signed))
            return _certificate(connection, destroyed.id)  # another server may have been first

    def _watched(self, day: dt.date, since: str = "") -> Iterator[tuple[str, dict[str, str], list[Visit]]]:
        """Walk through the records of which something may be due, from one on, with their stations and encounters."""
        old = dt.date(day.year - YEARS_KEPT, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
        candidates = union(
            select(encounters.c.record_id).where(encounters.c.date <= old),
            select(encounters.c.record_id).where(encounters.c.id.in_(select(outcomes.c.encounter_id))),
            select(encounters.c.record_id).where(encounters.c.id.in_(select(retention_orders.c.encounter_id))),
        ).subquery()
        beyond = candidates.c.record_id >= since
        while True:
            with self._store.database.reading() as connection:
                query = select(candidates.c.record_id).where(beyond)
                ids = connection.execute(query.order_by(candidates.c.record_id).limit(BATCH)).scalars().all()
                visits_by_record = visits_of(connection, ids)
                stations = self._stations(connection, ids)
            for record_id in ids:
                yield record_id, stations, list(visits_by_record.get(record_id, {}).values())
            if not ids:
                return
            beyond = candidates.c.record_id > ids[-1]

    def _stations(self, connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
        """Return the stations of those encounters of records that are at or below the actor's unit."""
        own = at_or_below(unit_of(self._store.act), encounters)
        query = select(encounters.c.id, encounters.c.station_code).where(encounters.c.record_id.in_(record_ids), own)
        return {row.id: row.station_code for row in connection.execute(query)}


def _record_of(connection: Connection, encounter_id: str) -> str:
    query = select(encounters.c.record_id).where(encounters.c.id == canonical_id(encounter_id))
    record_id = connection.execute(query).scalar()
    if record_id is None:
        raise UnknownEncounter(f"There is no encounter {encounter_id}; check the number.")
    return str(record_id)


def _clocks(visits: Sequence[Visit], day: dt.date) -> list[Clock]:
    return [clock(visit, [other for other in visits if other is not visit], day) for visit in visits]


def _asked_for(basis: str, encounter_id: str | None, visits: list[Visit]) -> list[Facts]:
    """Return the certificate's facts of all encounters, or one, to be deleted by request."""
    wanted = None if encounter_id is None else canonical_id(encounter_id)
    common = {"rule": DELETION_REQUESTED, "basis": basis, "due": today().isoformat()}
    return [{"encounter": visit.id} | common for visit in visits if wanted in (None, visit.id)]


def _fact(clock: Clock) -> Facts:
    """Return the certificate's facts of an encounter: nothing about the person."""
    return {
        "encounter": clock.encounter_id,
        "rule": clock.rule.id,
        "basis": clock.rule.basis,
        "due": clock.due.isoformat(),
    }


def _certificate(connection: Connection, expungement_id: str) -> Certificate:
    """Return the certificate of an expungement; its signature is empty until `finish`."""
    query = select(expungements.c.content, expungements.c.signature)
    row = connection.execute(query.where(expungements.c.id == expungement_id)).one()
    return Certificate(json.loads(row.content), row.signature or "")
