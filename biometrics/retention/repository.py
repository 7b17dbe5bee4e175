"""Retention within a unit of work: what was directed about an encounter, and destroying it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from biometrics.access.independence import require_independent
from biometrics.access.jurisdiction import require_own_encounter, require_record, require_unit, unit_of
from biometrics.access.persons import encounters_of, ids_of
from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import EVERYWHERE, Act, Scope, Unit
from biometrics.kernel.errors import ExpungementRefused, UnknownSearch
from biometrics.kernel.people.retention_rules import (
    BY_LAW,
    Clock,
    KeptEncounter,
    Order,
    OrderKind,
    require_held,
    waiting_orders,
)
from biometrics.kernel.technique.entry import require_proper
from biometrics.kernel.technique.ids import canonical_id
from biometrics.people.encounters import count_encounters, require_encounter_of
from biometrics.people.holds import kept_encounters_of, refuse_held
from biometrics.people.removal import lock_to_remove, remove_records
from biometrics.people.rows import lock_record_of, resolve_merged_id
from biometrics.retention.certificates import Certificate
from biometrics.retention.due import stations_of
from biometrics.retention.erasure import Destroyed, Expunger, Facts
from biometrics.retention.probe_files import due_of, files_of
from biometrics.retention.unauthorised import erase_unauthorised
from biometrics.storage.audit.log import plain_json
from biometrics.storage.crypto.signing import Signer
from biometrics.storage.tables.retention import expungements, retention_orders, search_orders
from biometrics.storage.tables.searches import searches
from biometrics.storage.transaction import Transaction

Choose = Callable[[list[KeptEncounter]], list[Facts]]


def require_search(connection: Connection, act: Act | None, search_id: str) -> str:
    """Return the id of a search that was made by the actor's unit, or below it.

    Raises:
        UnknownSearch: there is none of this id.
        OutOfJurisdiction: another unit made it.
    """
    columns, canonical = searches.c, canonical_id(search_id)
    row = connection.execute(select(columns.unit).where(columns.id == canonical)).first()
    if row is None:
        raise UnknownSearch(f"There is no search {search_id}; check the number.")
    require_unit(act, Unit.of(row.unit))
    return canonical


class NothingChosen(LookupError):
    """None of a record's encounters that the actor may destroy was chosen."""


class RetentionRepository:
    """Orders of courts and magistrates, and the destruction of samples."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.RETENTION_MANAGE)
    def order(self, encounter_id: str, order: Order) -> str:
        """Enter what was directed about an encounter; return the order's id.

        Raises:
            UnknownEncounter: there is none of this id.
            OutOfJurisdiction: another unit made it.
            ExpungementRefused: a release of a hold that is not in force.
            NeedsTwoPeople: to destroy, and another, independent person has to enter this order.
        """
        require_proper(order)
        connection, order_id, canonical = self._work.connection, str(uuid.uuid4()), canonical_id(encounter_id)
        record_id = lock_record_of(connection, encounter_id).id  # waits for an expungement of it, or makes that wait
        require_own_encounter(connection, self._work.act, canonical)
        encounter = kept_encounters_of(connection, [record_id])[record_id][canonical]
        self._check_allowed(order, encounter.orders)
        connection.execute(
            retention_orders.insert().values(
                id=order_id,
                encounter_id=canonical,
                **_values(order),
                created_at=dt.datetime.now(dt.UTC),
                created_by=self._work.actor_id,
            )
        )
        return order_id

    @needs(Scope.RETENTION_MANAGE)
    def order_of_search(self, search_id: str, order: Order) -> str:
        """Enter what was directed about the files of a search's probes; return the order's id.

        Raises:
            UnknownSearch: there is none of this id.
            OutOfJurisdiction: another unit made it.
            ExpungementRefused: a release of a hold that is not in force, or no file is kept.
            NeedsTwoPeople: as for `order`.
        """
        require_proper(order)
        connection, order_id = self._work.connection, str(uuid.uuid4())
        canonical = require_search(connection, self._work.act, search_id)
        self._work.keys.hold(connection, canonical)  # waits for a destruction of the files, or makes that wait
        if (files := files_of(connection, [canonical]).get(canonical)) is None:
            raise ExpungementRefused("No file of this search is kept.")
        self._check_allowed(order, files.orders)
        values = {**_values(order), "id": order_id, "search_id": canonical, "created_by": self._work.actor_id}
        connection.execute(search_orders.insert().values(created_at=dt.datetime.now(dt.UTC), **values))
        return order_id

    def _check_allowed(self, order: Order, orders: Sequence[Order]) -> None:
        require_held(order, orders)
        for waiting in waiting_orders(orders):
            if order.kind is OrderKind.DESTROY and order.paper == waiting.paper:
                require_independent(self._work.connection, self._work.actor_id, waiting.entered_by)

    @needs(Scope.RECORD_EXPUNGE)
    def erase_unauthorised(self, day: dt.date) -> list[str]:
        """Erase what the searches of the actor's unit and below found that have no order in time; return their ids."""
        work = self._work
        return erase_unauthorised(work.connection, unit_of(work.act), work.actor_id, day)

    @needs(Scope.RECORD_EXPUNGE)
    def destroy_files(self, search_id: str, day: dt.date) -> Destroyed | None:
        """Destroy the files of a search's probes if they are due on a day and the actor's unit made the search."""
        work, uploads = self._work, self._work.uploads
        assert uploads is not None, "begin the unit of work with uploads: files that stay are re-encrypted"

        def due(held_id: str) -> Facts | None:
            clock = next((timed.clock for timed in due_of(work.connection, unit_of(work.act), day, held_id)), None)
            return None if clock is None or not clock.is_due(day) else fact_of(clock)

        return Expunger(work.connection, uploads, work.actor_id).expunge_files(search_id, due)

    @needs(Scope.RECORD_EXPUNGE)
    def require_deletable(self, record_id: str, encounter_id: str | None) -> str:
        """Return the id of the record that an id leads to.

        Raises:
            UnknownRecord, OutOfJurisdiction.
            UnknownEncounter: the encounter is not in this record.
        """
        connection = self._work.connection
        lead_id = resolve_merged_id(connection, record_id)
        require_record(connection, self._work.act, lead_id)
        if encounter_id is not None:
            require_encounter_of(connection, lead_id, encounter_id)
        return lead_id

    @needs(Scope.RECORD_EXPUNGE)
    def remove_if_empty(self, record_id: str) -> bool:
        """Remove the record that an id leads to if it has no encounter; say whether it was.

        Raises:
            UnknownRecord: it was removed meanwhile.
            OutOfJurisdiction: another unit made one of the encounters that it had last.
            ExpungementRefused: a court or magistrate holds one of these.
        """
        connection = self._work.connection
        # It waits for those who are adding or moving an encounter, or merging, and shuts out the next.
        lead_id = lock_to_remove(connection, record_id).id
        if count_encounters(connection, lead_id):
            return False
        require_record(connection, self._work.act, lead_id)
        for last in encounters_of(connection, lead_id):
            require_unit(self._work.act, last.unit)
            refuse_held(connection, self._work.clock_gap, last.record_id, last.id)
        remove_records(connection, self._work.keys, ids_of(connection, lead_id))
        return True

    @needs(Scope.RECORD_EXPUNGE)
    def destroy(self, record_id: str, choose: Choose, *, requested: bool = False) -> Destroyed:
        """Destroy the encounters of a record that `choose` names, but none of other units; see `Expunger.expunge`.

        What the law wants destroyed goes also where other units searched with the same files. Else those stay: nobody
        ends another unit's standing search so. `requested` refuses if a hold keeps one of them.

        Raises:
            UnknownRecord: there is none of this id.
            NothingChosen: `choose` named none, or only those of other units.
            ExpungementRefused: a court or magistrate holds one.
        """
        work, uploads = self._work, self._work.uploads
        assert uploads is not None, "begin the unit of work with uploads: files of samples that stay are re-encrypted"

        def chosen(lead_id: str) -> list[Facts]:
            stations = stations_of(work.connection, unit_of(work.act), [lead_id])
            encounters = list(kept_encounters_of(work.connection, [lead_id]).get(lead_id, {}).values())
            facts = [fact for fact in choose(encounters) if fact["encounter"] in stations]
            for fact in facts if requested else ():
                refuse_held(work.connection, work.clock_gap, lead_id, fact["encounter"])
            return facts

        def searched_by(fact: Facts) -> Unit:
            return EVERYWHERE if fact.get("rule") in BY_LAW else unit_of(work.act)

        destroyed = Expunger(work.connection, uploads, work.actor_id).expunge(record_id, chosen, searched_by)
        if destroyed is None:
            raise NothingChosen(record_id)
        return destroyed

    @needs(Scope.RECORD_EXPUNGE)
    def certificate(self, expungement_id: str) -> Certificate:
        """Return the certificate of an expungement by this request; its signature is empty until it is signed.

        Raises:
            OutOfJurisdiction: the actor was posted elsewhere since.
        """
        certificate = _certificate(self._work.connection, expungement_id)
        query = select(expungements.c.unit).where(expungements.c.id == expungement_id)
        require_unit(self._work.act, Unit.of(self._work.connection.execute(query).scalar_one()))
        return certificate

    @unrestricted("it completes what was destroyed already")
    def sign(self, destroyed: Destroyed, copies: Mapping[str, bool]) -> Certificate:
        """Sign the certificate of an expungement, unless another server was first; `copies` are the key copies."""
        connection = self._work.connection
        query = select(expungements.c.content).where(expungements.c.id == destroyed.id)
        signer = Signer(self._work.keys, connection)
        content = json.loads(connection.execute(query).scalar_one())
        content |= {"key_copies": dict(copies), "public_key": signer.public_key}
        unsigned = (expungements.c.id == destroyed.id, expungements.c.signature.is_(None))
        signed = {"content": plain_json(content), "signature": signer.sign(plain_json(content).encode())}
        connection.execute(update(expungements).where(*unsigned).values(**signed))
        return _certificate(connection, destroyed.id)


def fact_of(clock: Clock) -> Facts:
    """Return the certificate's facts of a clock: nothing about the person."""
    return {"rule": clock.rule.id, "basis": clock.rule.basis, "due": clock.due.isoformat()}


def _values(order: Order) -> dict[str, Any]:
    names = ("kind", "authority", "reference", "date", "until", "reason", "hold_id")
    return {name: getattr(order, name) for name in names}


def _certificate(connection: Connection, expungement_id: str) -> Certificate:
    """Return the certificate of an expungement; its signature is empty until `finish`."""
    query = select(expungements.c.content, expungements.c.signature)
    row = connection.execute(query.where(expungements.c.id == expungement_id)).one()
    return Certificate(json.loads(row.content), row.signature or "")
