"""Requests for clearance certificates within a unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import UTC, date, datetime

from sqlalchemy import update

from biometrics.access.jurisdiction import at_or_below, codes_of, unit_of
from biometrics.access.persons import resolve_merged_ids
from biometrics.access.rights import needs
from biometrics.clearances import rows
from biometrics.clearances.model import (
    KEPT,
    VALID,
    Clearance,
    ClearanceOutcome,
    ClearanceRequest,
    ClearanceState,
    Decision,
)
from biometrics.clearances.statement import sign_statement
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.cases import case_number, number_prefix
from biometrics.kernel.errors import NotIndependent, WrongStep
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.entry import require_proper
from biometrics.storage.crypto.signing import Signer
from biometrics.storage.database.counters import CASE_COUNTER, advance, case_counter
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.watchlist import search_images
from biometrics.storage.transaction import Transaction

_DECIDED = "This request is decided, or was withdrawn."
_PREFIX = "CC-"  # of the numbers, before what case numbers begin with


class ClearanceRepository:
    """Requests of an actor's own unit and those below it. Only a person in a session of their own handles them."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.IDENTIFY, Scope.CASE_READ)
    def add(self, search_id: str, request: ClearanceRequest) -> str:
        """Enter a request that rests on a search; return its id.

        Raises:
            WrongStep: a request rests on this search already.
        """
        require_proper(request)
        connection, unit, new = self._work.connection, unit_of(self._work.act), str(uuid.uuid4())
        advance(connection, CASE_COUNTER, 0)  # before the counters of single units, as for cases
        if rows.load(connection, self._work.act, clearances.c.search_id == search_id):
            raise WrongStep("A certificate was requested on this search already; search again for another request.")
        prefix = _PREFIX + number_prefix(unit, today().year)
        connection.execute(
            clearances.insert().values(
                id=new,
                number=case_number(prefix, advance(connection, case_counter(prefix))),
                state=ClearanceState.REQUESTED,
                **codes_of(unit),
                search_id=search_id,
                request=request.content,
                requested_by=self._work.actor_id,
                requested_at=datetime.now(UTC),
                version=1,
            )
        )
        return new

    @needs(Scope.CASE_READ)
    def not_asked(self, search_id: str, candidates: Collection[str]) -> list[str]:
        """Return the candidates of a search about whom no case was opened, records of one person once."""
        connection = self._work.connection
        latest_cases = rows.latest_cases(connection, self._work.act, [search_id]).get(search_id, {})
        leads = resolve_merged_ids(connection, [*latest_cases, *candidates])
        asked = {leads.get(candidate, candidate) for candidate in latest_cases}
        people: dict[str, str] = {}
        for candidate in candidates:
            people.setdefault(leads.get(candidate, candidate), candidate)
        return [candidate for lead, candidate in people.items() if lead not in asked]

    @needs(Scope.CASE_READ)
    def get(self, clearance_id: str) -> Clearance:
        """Return a request.

        Raises:
            UnknownClearance: there is none of this id that one may see.
        """
        return rows.load_visible(self._work.connection, self._work.act, clearance_id)

    @needs(Scope.CASE_EXAMINE)
    def decide(self, clearance: Clearance, decision: Decision) -> Clearance:
        """Decide a request: issue the certificate, signed by the station, or refuse it.

        Raises:
            NotIndependent: the actor made the request.
            WrongStep, InvalidField: it is decided already, or the examinations do not support the decision.
        """
        if clearance.state is not ClearanceState.REQUESTED:
            raise WrongStep(_DECIDED)
        if clearance.requested_by == self._work.actor_id:
            raise NotIndependent("You made this request; another person must decide it.")
        clearance.check(decision)
        day = today()
        values: dict[str, object] = {"state": ClearanceState.REFUSED, "erase_on": day + KEPT}
        if decision.outcome is not ClearanceOutcome.REFUSED:
            signer, until = Signer(self._work.keys, self._work.connection), day + VALID
            statement = sign_statement(clearance, decision, day, until, signer.public_key, signer.sign)
            values = {"state": ClearanceState.ISSUED, "erase_on": until + KEPT, "expires_on": until}
            values["statement"] = statement
        values |= {"decision": vars(decision), "decided_by": self._work.actor_id, "decided_at": datetime.now(UTC)}
        return self._step(clearance, ClearanceState.REQUESTED, _DECIDED, **values)

    @needs(Scope.CASE_READ)
    def withdraw(self, clearance: Clearance, because: str) -> Clearance:
        """Withdraw a request that is not decided: with the consent, the reason to keep anything of the applicant ends.

        Particulars and samples are due at once, for the next run of retention.

        Raises:
            WrongStep: it is.
        """
        values = {"state": ClearanceState.WITHDRAWN, "erase_on": today(), **self._ended(because)}
        of_search = search_images.c.search_id == clearance.search_id
        self._work.connection.execute(update(search_images).where(of_search).values(keep_until=today()))
        return self._step(clearance, ClearanceState.REQUESTED, _DECIDED, **values)

    @needs(Scope.CASE_EXAMINE)
    def revoke(self, clearance: Clearance, because: str) -> Clearance:
        """Revoke a certificate.

        Raises:
            WrongStep: none was issued, or it is revoked already.
        """
        values = {"state": ClearanceState.REVOKED, **self._ended(because)}
        return self._step(clearance, ClearanceState.ISSUED, "There is no certificate in force to revoke.", **values)

    @needs(Scope.RECORD_EXPUNGE)
    def erase_due(self, day: date) -> int:
        """Erase the particulars of the requests of the actor's unit, or below it, that are due; return of how many."""
        of_unit = at_or_below(unit_of(self._work.act), clearances)
        return rows.erase(self._work.connection, rows.due(day), of_unit)

    def _ended(self, because: str) -> dict[str, object]:
        return {"ended_by": self._work.actor_id, "ended_at": datetime.now(UTC), "ended_because": because}

    def _step(self, clearance: Clearance, before: ClearanceState, refusal: str, **values: object) -> Clearance:
        if not rows.change(self._work.connection, clearance.id, before, **values):
            raise WrongStep(refusal)
        return self.get(clearance.id)
