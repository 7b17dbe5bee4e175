"""What an answer shows of a search besides the stored search itself: the people and units that its reader may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from biometrics.access import jurisdiction
from biometrics.kernel.access import Act
from biometrics.kernel.people.record import Elsewhere
from biometrics.people.reader import people_named
from biometrics.searches.model import ListedPeople, SearchCandidate, StoredSearch
from biometrics.storage.tables.accounts import users


def listed_people(connection: Connection, act: Act | None, candidates: Sequence[SearchCandidate]) -> ListedPeople:
    """Return the people of candidates as the actor may see them, and how to call the units of the others."""
    people = people_named(connection, act, [candidate.record_id for candidate in candidates])
    units = {candidate.elsewhere for candidate in candidates if candidate.elsewhere}
    units |= {person.unit for person in people.values() if isinstance(person, Elsewhere)}
    contacts = jurisdiction.contacts(connection, sorted(units)) if units else {}
    return ListedPeople(people, contacts, sees_all=not jurisdiction.unit_of(act).state)


def with_listed(connection: Connection, act: Act | None, stored: StoredSearch) -> StoredSearch:
    """Return a stored search with the people of its candidates and the name of the account that made it."""
    actor_id = stored.search.actor_id
    name = connection.execute(select(users.c.name).where(users.c.id == actor_id)).scalar() or actor_id
    return replace(
        stored, listed_people=listed_people(connection, act, stored.search.candidates), searched_by_name=name
    )
