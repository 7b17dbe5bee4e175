"""Unsolved latents and the links between them, as an actor sees them: their own in full, of others the unit to call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, or_, select

from biometrics.access import blinding
from biometrics.access.case_access import may_be_known_to, may_examine
from biometrics.access.jurisdiction import at_or_below, contacts, unit_at
from biometrics.access.rights import needs
from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion
from biometrics.kernel.errors import UnknownLink
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.kernel.technique.page import Page
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor, later_than, paginate, require_limit
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import search_probes, searches
from biometrics.storage.tables.watchlist import latent_links, standing_searches
from biometrics.watchlist.link_rows import case_of_pair, identifies_person, unsolved
from biometrics.watchlist.model import Standing
from biometrics.watchlist.rows import load_standing, load_visible

MAX_PAGE: Final = 200  # latents, or linked offences

_FIRST, _SECOND = standing_searches.alias("first_latent"), standing_searches.alias("second_latent")


@dataclass(frozen=True)
class LinkedLatent:
    """A latent at one end of a link. Of another unit's you see which unit to call."""

    contact: Elsewhere
    standing_id: str | None = field(default=None, metadata=about("Its standing search; null if another unit keeps it"))
    number: int | None = field(default=None, metadata=about("The number of its standing search"))
    search_id: str | None = None
    fir_number: str | None = None
    solved: bool = field(default=False, metadata=about("Examiners have identified a person in it since"))

    __pydantic_config__: ClassVar = AS_JSON


@dataclass(frozen=True)
class LatentLink:
    """Another unsolved latent that may be of the same finger."""

    id: str
    other: LinkedLatent
    found_at: datetime
    case_number: str | None = field(
        default=None, metadata=about("The case about the link; null if there is none that you may know of")
    )
    outcome: Conclusion | None = field(default=None, metadata=about("The outcome of the case, once it is closed"))
    decibans: float | None = field(
        default=None,
        metadata=about(
            "Similarity, which gives the order and no rarity; null in lists, which inform no examiner, and of another "
            "unit's latent"
        ),
    )

    __pydantic_config__: ClassVar = AS_JSON


@dataclass(frozen=True)
class UnsolvedLatent:
    """A latent that is searched for, with the FIR that it is of, and its links in the order of their ids."""

    standing: Standing
    fir_number: str
    links: tuple[LatentLink, ...]


@dataclass(frozen=True)
class LinkedOffences:
    """Two offences of one unknown person, by the latents that examiners identified as one finger's."""

    case_number: str
    ended_at: datetime
    latents: tuple[LinkedLatent, LinkedLatent]

    __pydantic_config__: ClassVar = AS_JSON


@dataclass(frozen=True)
class LinkEnds:
    """The ends of a link as the service knows them, to open a case about it."""

    link_id: str
    search_id: str
    standing_id: str
    candidate_search_id: str
    decibans: float
    rank: int


class LinkReader:
    """The unsolved latents of an actor's own unit and of those below it."""

    def __init__(self, database: Database, act: Act) -> None:
        """Read an open database for an actor."""
        self._database = database
        self._act = act

    @needs(Scope.WATCH_MANAGE)
    def find(
        self, fir_number: str = "", *, linked: bool = False, limit: int = 50, after: int | None = None
    ) -> Page[UnsolvedLatent, int]:
        """Return unsolved latents, oldest first, those of an FIR or those with links; `after` is that of a page.

        Links have no score and no rank, so that the list informs no examiner.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_PAGE, "unsolved latents")
        columns = standing_searches.c
        conditions: list[Any] = [at_or_below(self._act.actor.unit, standing_searches), *unsolved()]
        if fir_number.strip():
            of_fir = searches.c.case_number.in_(fir_spellings(fir_number))
            conditions.append(exists().where(searches.c.id == columns.search_id, of_fir))
        if linked:
            links = _live_links().where(
                or_(latent_links.c.first_id == columns.id, latent_links.c.second_id == columns.id)
            )
            conditions.append(links.exists())
        if after is not None:
            conditions.append(columns.number > after)
        with self._database.reading() as connection:
            page, next_cursor = paginate(
                load_standing(connection, *conditions, limit=limit + 1), limit, lambda standing: standing.number
            )
            return Page(tuple(self._with_links(connection, page)), next_cursor)

    @needs(Scope.WATCH_MANAGE)
    def scored(self, standing_id: str) -> UnsolvedLatent:
        """Return an unsolved latent with its links: the most similar first, then those of other units, by their ids.

        The audit log notes who was shown scores.

        Raises:
            UnknownStandingSearch: there is none of this id that one may see.
            UnknownLink: it is no unsolved latent.
            HiddenUntilDecided: the actor examines a case about it, and has given no opinion.
        """
        with self._database.noting() as connection:
            standing = load_visible(connection, self._act.actor.unit, standing_id)
            if not load_standing(connection, standing_searches.c.id == standing.id, *unsolved()):
                raise UnknownLink("This standing search is not for an unsolved latent: it ended, or was solved.")
            assert standing.search_id is not None, "a latent is that of a stored search"
            blinding.require_shown(connection, self._act, standing.search_id)
            (latent,) = self._with_links(connection, [standing], scored=True)
            link_ids = [link.id for link in latent.links]
            append(connection, self._act, Action.LINKS_READ, standing.search_id, links=link_ids)
            return latent

    @needs(Scope.CASE_READ)
    def ends(self, standing_id: str, link_id: str) -> LinkEnds:
        """Return the ends of a link of a latent that the actor sees.

        Raises:
            UnknownStandingSearch: there is no standing search of this id that one may see.
            UnknownLink: it has no such link.
        """
        with self._database.reading() as connection:
            standing = load_visible(connection, self._act.actor.unit, standing_id)
            rows = connection.execute(_links_of([standing.id]).order_by(latent_links.c.score.desc())).all()
            for rank, row in enumerate(rows, start=1):
                if row.id == canonical_id(link_id):
                    own_search, other = (row.first_search, row.second_search)
                    if row.second_id == standing.id:
                        own_search, other = other, own_search
                    return LinkEnds(row.id, own_search, standing.id, other, row.score, rank)
        raise UnknownLink("This latent has no such link any more; list its links.")

    @needs(Scope.WATCH_MANAGE)
    def offences(self, limit: int = 50, after: str | None = None) -> Page[LinkedOffences, str]:
        """Return the linked offences that the actor may know of, in the order of their cases, from beyond a page.

        A pair whose latent was destroyed is left out.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        require_limit(limit, MAX_PAGE, "linked offences")
        order = (cases.c.created_at, cases.c.id)
        closed = (cases.c.state == CaseState.CLOSED, cases.c.outcome == Conclusion.IDENTIFICATION)
        case_columns, probes = cases.c, search_probes.c.search_id
        have_probes = [
            exists().where(probes == search_id)
            for search_id in (case_columns.search_id, case_columns.candidate_search_id)
        ]
        conditions = (
            case_columns.kind == CaseKind.LATENT_LINK,
            *closed,
            *have_probes,
            may_be_known_to(self._act.actor.unit),
        )
        columns = (
            *order,
            case_columns.ended_at,
            case_columns.number,
            case_columns.search_id,
            case_columns.candidate_search_id,
        )
        query = select(*columns).where(*conditions, *later_than(*order, after)).order_by(*order).limit(limit + 1)
        with self._database.reading() as connection:
            rows, next_cursor = paginate(connection.execute(query).all(), limit, cursor)
            ids = [search_id for row in rows for search_id in (row.search_id, row.candidate_search_id)]
            of = {in_full: self._latents(connection, ids, in_full=in_full) for in_full in (False, True)}
            offences = []
            for row in rows:
                latents = of[may_examine(connection, self._act.actor.unit, row.id)]
                pair = (latents[row.search_id], latents[row.candidate_search_id])
                offences.append(LinkedOffences(row.number, row.ended_at, pair))
            return Page(tuple(offences), next_cursor)

    def _with_links(
        self, connection: Connection, latents_listed: Sequence[Standing], *, scored: bool = False
    ) -> list[UnsolvedLatent]:
        ids = [standing.id for standing in latents_listed]
        rows = connection.execute(_links_of(ids).order_by(latent_links.c.id)).all()
        search_ids = {search_id for row in rows for search_id in (row.first_search, row.second_search)}
        search_ids |= {standing.search_id for standing in latents_listed if standing.search_id}
        latents = self._latents(connection, search_ids)
        cases_of = self._cases(connection, rows)
        latents_shown = []
        for standing in latents_listed:
            links_of_latent = [row for row in rows if standing.id in (row.first_id, row.second_id)]
            links = [self._link(standing, row, latents, cases_of, scored=scored) for row in links_of_latent]
            if scored:
                links.sort(key=lambda link: inf if link.decibans is None else -link.decibans)
            fir_number = latents[standing.search_id or ""].fir_number or ""
            latents_shown.append(UnsolvedLatent(standing, fir_number, tuple(links)))
        return latents_shown

    @staticmethod
    def _link(
        standing: Standing, row: Row[Any], latents: dict[str, LinkedLatent], cases_of: dict[str, Any], *, scored: bool
    ) -> LatentLink:
        other = row.second_search if row.first_id == standing.id else row.first_search
        case = cases_of.get(row.id)
        number, outcome = (None, None) if case is None else case
        is_own = latents[other].standing_id is not None
        score = row.score if scored and is_own else None
        return LatentLink(row.id, latents[other], row.found_at, number, outcome, score)

    def _cases(self, connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, Any]:
        """Return the number and the outcome of the case about each link that the actor may know of, by the link."""
        cases_of = {}
        for row in rows:
            about = case_of_pair(row.first_search, row.second_search)
            counts = (about, cases.c.asked.is_not(None), may_be_known_to(self._act.actor.unit))
            if case := connection.execute(select(cases.c.number, cases.c.outcome).where(*counts)).first():
                cases_of[row.id] = (case.number, Conclusion(case.outcome) if case.outcome else None)
        return cases_of

    def _latents(
        self, connection: Connection, search_ids: Collection[str], *, in_full: bool = False
    ) -> dict[str, LinkedLatent]:
        """Return the latents of searches by their ids: in full those of the actor's unit and below, or all of them."""
        columns = standing_searches.c
        identified = exists().where(cases.c.search_id == columns.search_id, *identifies_person())
        query = select(standing_searches, searches.c.case_number, identified.label("solved"))
        query = query.join(searches, searches.c.id == columns.search_id).where(columns.search_id.in_(search_ids))
        rows = connection.execute(query).all()
        called = contacts(connection, sorted({unit_at(row) for row in rows}))
        return {row.search_id: self._latent(row, called, in_full=in_full) for row in rows}

    def _latent(self, row: Row[Any], called: dict[Unit, Elsewhere], *, in_full: bool) -> LinkedLatent:
        unit = unit_at(row)
        if not (in_full or self._act.actor.unit.covers(unit)):
            return LinkedLatent(called[unit], solved=row.solved)
        return LinkedLatent(called[unit], row.id, row.number, row.search_id, row.case_number, row.solved)


def _live_links(*columns: Any) -> Select[Any]:
    """Return the query for links whose latents are both unsolved."""
    link_columns = latent_links.c
    query = select(*columns or (link_columns.id,)).join(_FIRST, _FIRST.c.id == link_columns.first_id)
    return query.join(_SECOND, _SECOND.c.id == link_columns.second_id).where(*unsolved(_FIRST), *unsolved(_SECOND))


def _links_of(standing_ids: Collection[str]) -> Select[Any]:
    columns = (_FIRST.c.search_id.label("first_search"), _SECOND.c.search_id.label("second_search"))
    of_latents: ColumnElement[bool] = or_(
        latent_links.c.first_id.in_(standing_ids), latent_links.c.second_id.in_(standing_ids)
    )
    return _live_links(latent_links, *columns).where(of_latents)
