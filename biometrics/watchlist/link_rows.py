"""Which latents must be compared with the other unsolved ones, and the links that were found, as rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, exists, or_, select, update

from biometrics.kernel.casework.cases import CaseState, Conclusion
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.clock import today
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import search_probes, searches
from biometrics.storage.tables.watchlist import latent_links, link_checks, standing_probes, standing_searches
from biometrics.watchlist.model import StandingKind

MAX_TRIES = 100  # after which a check that always fails is left to the operator


@dataclass(frozen=True)
class Linkable:
    """A latent by its standing search and stored search."""

    standing_id: str
    number: int
    search_id: str


@dataclass(frozen=True)
class LinkCheck(Linkable):
    """A latent to compare with the other unsolved ones; the request is known by when it was made."""

    requested_at: datetime


def request_link_checks(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    """Request the checks of the active searches for a latent that meet conditions on their rows.

    One that is being made is made again: it may have read the templates before they changed.
    """
    active = (standing_searches.c.kind == StandingKind.LATENT, standing_searches.c.ended_at.is_(None))
    query = select(standing_searches.c.id).where(*active, standing_searches.c.search_id.is_not(None), *conditions)
    for standing_id in sorted(connection.execute(query).scalars()):
        acquire(connection, Lock.LINK_CHECK, standing_id)
        new = {"requested_at": datetime.now(UTC), "tries": 0}
        statement = insert(connection, link_checks).values(standing_id=standing_id, **new)
        connection.execute(statement.on_conflict_do_update(index_elements=["standing_id"], set_=new))


def waiting_link_checks(connection: Connection, limit: int) -> list[str]:
    """Return the standing searches whose check waits, the least tried first."""
    columns = link_checks.c
    query = select(columns.standing_id).where(columns.tries < MAX_TRIES)
    return list(connection.execute(query.order_by(columns.tries, columns.requested_at).limit(limit)).scalars())


def note_try(connection: Connection, standing_id: str) -> None:
    """Note that a check is tried: others come first if it fails."""
    acquire(connection, Lock.LINK_CHECK, standing_id)
    this = link_checks.c.standing_id == standing_id
    connection.execute(update(link_checks).where(this).values(tries=link_checks.c.tries + 1))


def load_link_check(connection: Connection, standing_id: str) -> LinkCheck | None:
    """Return a check; None if it is not requested, or already made."""
    columns = standing_searches.c
    query = select(columns.id.label("standing_id"), columns.number, columns.search_id, link_checks.c.requested_at)
    query = query.join(link_checks, link_checks.c.standing_id == columns.id).where(columns.id == standing_id)
    row = connection.execute(query).first()
    return None if row is None else LinkCheck(**row._mapping)


def unsolved(standing: FromClause = standing_searches) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on the rows of standing searches for a latent in which no person was identified.

    One of which no print is left, or that is for a photo, is none.
    """
    last = standing.c.expires_on
    identified = exists().where(cases.c.search_id == standing.c.search_id, *identifies_person())
    ridges = [modality for modality in Modality.registered() if modality.traits.has_ridges]
    readable = exists().where(search_probes.c.search_id == standing.c.search_id, search_probes.c.modality.in_(ridges))
    return (
        standing.c.kind == StandingKind.LATENT,
        standing.c.ended_at.is_(None),
        or_(last.is_(None), last >= today()),
        readable,
        ~identified,
    )


def identifies_person() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on the rows of cases in which examiners identified a person."""
    return cases.c.state == CaseState.CLOSED, cases.c.outcome == Conclusion.IDENTIFICATION, cases.c.candidate_id != ""


def unsolved_of_probes(connection: Connection, probe_ids: Collection[int], check: LinkCheck) -> list[Linkable]:
    """Return the unsolved latents of some probes that may be linked with that of a check.

    Latents of the same offence or with the same file are left out: they say nothing new.
    """
    offence_query = select(searches.c.case_number, searches.c.unit).where(searches.c.id == check.search_id)
    offence = connection.execute(offence_query).one()
    probes = search_probes.alias()
    files = select(probes.c.image_sha256).where(probes.c.search_id == check.search_id)
    same_file = exists().where(
        search_probes.c.search_id == standing_searches.c.search_id, search_probes.c.image_sha256.in_(files)
    )
    of_fir = searches.c.case_number.in_(fir_spellings(offence.case_number))
    same_offence = and_(of_fir, searches.c.unit == offence.unit)
    columns = standing_searches.c
    query = (
        select(columns.id.label("standing_id"), columns.number, columns.search_id)
        .distinct()
        .join(standing_probes, standing_probes.c.standing_id == columns.id)
        .join(searches, searches.c.id == columns.search_id)
        .where(*unsolved(), columns.id != check.standing_id, ~same_file, ~same_offence)
    )
    linkable: dict[str, Linkable] = {}
    for chunk in in_chunks(map(int, probe_ids), CHUNK):
        rows = connection.execute(query.where(standing_probes.c.id.in_(chunk)))
        linkable |= {row.standing_id: Linkable(**row._mapping) for row in rows}
    return list(linkable.values())


def replace_links(
    connection: Connection, check: LinkCheck, similar: Mapping[str, tuple[int, float]]
) -> list[tuple[str, tuple[str, str]]] | None:
    """Replace the links of a latent by those found: numbers and scores by standing search; end its request.

    Return the ids of new links with those of their latents. Return None, and change nothing, if the request was made
    again meanwhile, or is not there any more.
    """
    acquire(connection, Lock.LINK_CHECK, check.standing_id)
    this = (link_checks.c.standing_id == check.standing_id, link_checks.c.requested_at == check.requested_at)
    if not connection.execute(delete(link_checks).where(*this)).rowcount:
        return None
    columns = latent_links.c
    of_latent = or_(columns.first_id == check.standing_id, columns.second_id == check.standing_id)
    rows = connection.execute(select(latent_links).where(of_latent).order_by(columns.first_id, columns.second_id)).all()
    old = {(row.first_id, row.second_id): row.id for row in rows}
    scores = {
        (check.standing_id, other) if check.number < number else (other, check.standing_id): score
        for other, (number, score) in similar.items()
    }
    new = []
    for pair in sorted(old.keys() | scores.keys()):  # in this order, or two checks could wait for each other
        if pair not in scores:
            connection.execute(delete(latent_links).where(columns.id == old[pair]))
            continue
        values = {"score": scores[pair], "found_at": datetime.now(UTC)}
        link = insert(connection, latent_links).values(
            id=str(uuid.uuid4()), first_id=pair[0], second_id=pair[1], **values
        )
        link_id = connection.execute(
            link.on_conflict_do_update(index_elements=["first_id", "second_id"], set_=values).returning(columns.id)
        ).scalar_one()
        if pair not in old:
            new.append((link_id, pair))
    return new


def remove_dead_links(connection: Connection) -> int:
    """Remove the links and requests of latents that are not searched for any more; return how many links."""
    columns, stands = latent_links.c, select(standing_searches.c.id).where(*unsolved())
    requested = select(link_checks.c.standing_id).where(link_checks.c.standing_id.not_in(stands))
    for standing_id in sorted(connection.execute(requested).scalars()):
        acquire(connection, Lock.LINK_CHECK, standing_id)
        connection.execute(delete(link_checks).where(link_checks.c.standing_id == standing_id))
    dead = select(columns.id).where(or_(columns.first_id.not_in(stands), columns.second_id.not_in(stands)))
    ids = connection.execute(dead.order_by(columns.first_id, columns.second_id)).scalars().all()
    for link_id in ids:
        connection.execute(delete(latent_links).where(columns.id == link_id))
    return len(ids)


def case_of_pair(first_search: Any, second_search: Any) -> ColumnElement[bool]:
    """Return the condition that a row of `cases` is about the link of two searches, whichever of them asks."""
    columns = cases.c
    return or_(
        (columns.search_id == first_search) & (columns.candidate_search_id == second_search),
        (columns.search_id == second_search) & (columns.candidate_search_id == first_search),
    )
