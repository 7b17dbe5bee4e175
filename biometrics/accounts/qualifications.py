"""What account owners state once of their qualification and proficiency tests, for reports to courts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from biometrics.access.rights import unrestricted
from biometrics.kernel.access import Act
from biometrics.kernel.technique.text import clean_text
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import QUALIFICATION_LENGTH, users


@unrestricted("one's own account")
def state_qualification(database: Database, act: Act, text: str) -> str:
    """Store what the actor states of their own qualification; return it as stored.

    Raises:
        InvalidField: it is too long, or holds control characters.
    """
    clean = clean_text("qualification", text, QUALIFICATION_LENGTH, required=False)
    with database.writing() as connection:
        of_actor = users.c.id == act.actor.id
        connection.execute(update(users).where(of_actor).values(qualification=clean))
        audit.append(connection, act, Action.ACCOUNT_QUALIFIED, act.actor.id)
    return clean


@unrestricted("what examiners state for courts, in the report of a case that the reader may have")
def qualifications_of(database: Database, account_ids: Iterable[str]) -> dict[str, str]:
    """Return what the owners of accounts stated, by account id; without those who stated nothing."""
    ids = sorted(set(account_ids))
    query = select(users.c.id, users.c.qualification).where(users.c.id.in_(ids), users.c.qualification != "")
    with database.reading() as connection:
        return {row.id: row.qualification for row in connection.execute(query)}
