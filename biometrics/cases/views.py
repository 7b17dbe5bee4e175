"""What an actor may know of a case, and what the audit log says of their access to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from biometrics.access.case_access import may_examine, may_know, refer
from biometrics.access.persons import resolve_merged_ids
from biometrics.cases.case import Case
from biometrics.cases.rows import id_of, load_cases, unknown_case
from biometrics.cases.view import CaseView
from biometrics.kernel.access import Act, parse_credential
from biometrics.kernel.casework.cases import Side
from biometrics.kernel.errors import Forbidden, OutOfJurisdiction
from biometrics.storage.audit.log import SCORED


def is_in_person(act: Act) -> bool:
    """Return whether someone acts in a session of their own, not by an API key."""
    return not (act.credential and parse_credential(act.credential)[0])


def require_in_person(act: Act) -> None:
    """Refuse casework by an API key.

    Raises:
        Forbidden: it is one.
    """
    if not is_in_person(act):
        raise Forbidden("A person signs in for work on cases; an API key is not enough.")


def load_case(connection: Connection, case_id: str) -> Case:
    """Return a case.

    Raises:
        UnknownCase: there is none of this id.
    """
    loaded = load_cases(connection, [id_of(connection, case_id)])
    if not loaded:
        raise unknown_case()
    return loaded[0]


def view_for(connection: Connection, act: Act, case: Case) -> CaseView:
    """Return a case as an actor may see it now; see `cases.access`.

    Raises:
        UnknownCase: nothing.
    """
    unit = act.actor.unit
    if may_examine(connection, unit, case.id):
        return CaseView.of(case, act.actor.id)
    if not may_know(connection, unit, case.id):
        raise unknown_case()
    return CaseView.referred(case, refer(connection, unit, case.id, case.question))


def shown_to_holder(connection: Connection, act: Act, case: Case) -> CaseView:
    """Return what an actor may know of a case that they have just worked on: of one that they release at least that.

    They may have been posted to a unit that may know nothing of it, and the case must not stay with them.
    """
    if may_examine(connection, act.actor.unit, case.id):
        return CaseView.of(case, act.actor.id)
    return CaseView.referred(case, refer(connection, act.actor.unit, case.id, case.question))


def require_examiner(connection: Connection, act: Act, case: Case) -> None:
    """Refuse work on a case that the actor's unit may not examine.

    Raises:
        OutOfJurisdiction: the message names the units to call.
        UnknownCase: the actor may know nothing of it.
    """
    if may_examine(connection, act.actor.unit, case.id):
        return
    view = view_for(connection, act, case)
    assert view.referral is not None, "what is shown of another unit's case is a referral"
    raise OutOfJurisdiction(
        "This case is about a record or a latent that your unit may not see; examiners of "
        f"{view.referral.unit.path} decide it. Call {'; '.join(unit.contact for unit in view.referral.contacts)}."
    )


def people_of(connection: Connection, case: Case, side: Side | None = None) -> list[str]:
    """Return the people of a case, of its probe alone where `side` is that, by ids in it and those they lead to."""
    ids = [case.question.record_id, None if side is Side.PROBE else case.question.candidate_id]
    record_ids = [record_id for record_id in ids if record_id]
    return list(dict.fromkeys([*record_ids, *resolve_merged_ids(connection, record_ids).values()]))


def access_detail(connection: Connection, case: Case, view: CaseView, side: Side | None = None) -> dict[str, Any]:
    """Return what the audit entry of an access says: the people whose image, of a `side`, or score is shown."""
    scored = view.finding is not None
    persons = people_of(connection, case, None if scored else side) if scored or side is not None else []
    return {"records": persons, SCORED: scored}


def read_detail(connection: Connection, case: Case, view: CaseView) -> dict[str, Any]:
    """Return the audit detail of reading a case."""
    return access_detail(connection, case, view) | {"referred": view.referral is not None}
