"""The examiners that a supervisor may assign a case to: accounts of their unit and below that may examine it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from biometrics.access.case_access import may_examine
from biometrics.access.jurisdiction import codes_of
from biometrics.kernel.access import Act, Actor, Role, Scope
from biometrics.kernel.casework.cases import Question
from biometrics.kernel.errors import UnknownAccount
from biometrics.storage.tables.accounts import users


def examiners_of(connection: Connection, act: Act, case_id: str, question: Question) -> list[Actor]:
    """Return the examiners that an actor may assign a case to, by name; the actor is not among them."""
    return sorted((actor for _login, actor in _examiners(connection, act, case_id, question)), key=lambda one: one.name)


def examiner_of(connection: Connection, act: Act, case_id: str, question: Question, id_or_login: str) -> Actor:
    """Return one of these examiners, or the actor.

    Raises:
        UnknownAccount: there is none of this id or login; the text is the same for all other accounts.
    """
    text = id_or_login.strip().lower()
    for login, actor in _examiners(connection, act, case_id, question):
        if text in (actor.id, login):
            return actor
    if text == act.actor.id:
        return act.actor
    raise UnknownAccount("You cannot assign this case to such an account; list the examiners of the case.")


def _examiners(connection: Connection, act: Act, case_id: str, question: Question) -> Iterator[tuple[str, Actor]]:
    for unit in question.unit.lineage:
        if not act.actor.unit.covers(unit) or not may_examine(connection, unit, case_id):
            continue
        of_unit = [users.c[column] == code for column, code in codes_of(unit).items()]
        for row in connection.execute(select(users).where(*of_unit, users.c.disabled_at.is_(None))):
            roles = frozenset(map(Role, filter(None, row.roles.split(","))))
            scopes = frozenset().union(*(role.scopes for role in roles))
            if Scope.CASE_EXAMINE in scopes and row.id != act.actor.id:
                yield row.login, Actor(row.id, row.name, roles, scopes, unit)
