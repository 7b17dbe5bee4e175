"""The searches that were made: one's own, and those of one's unit and below it, the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, select, true

from biometrics.access.authorisation import unauthorised
from biometrics.access.blinding import hidden
from biometrics.access.jurisdiction import unit_of, visible_ids
from biometrics.access.persons import resolve_merged_ids
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.clock import end_of_day, start_of_day
from biometrics.kernel.technique.page import Page
from biometrics.kernel.technique.text import FIR_LENGTH, clean_text
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.searches.model import ELSEWHERE_FPIR, FIELD, SearchCandidate
from biometrics.searches.states import hits_counted
from biometrics.storage.database.paging import cursor, older_than, paginate, require_limit
from biometrics.storage.tables.searches import search_candidates, search_probes, searches
from biometrics.storage.tables.watchlist import search_images

MAX_PAGE: Final = 200  # searches


@dataclass(frozen=True)
class SearchQuery:
    """Which searches to list; what is empty is not asked for. `mine`: only one's own.

    `first_date` and `last_date` bound the day of the search at the station; both are among them.

    Raises:
        InvalidField: the case number is too long, or holds control characters.
    """

    case_number: str = ""
    purpose: str = ""
    first_date: date | None = None
    last_date: date | None = None
    mine: bool = False

    def __post_init__(self) -> None:
        """Trim and check."""
        number = clean_text("case number", self.case_number, FIR_LENGTH, required=False)
        object.__setattr__(self, "case_number", number)

    @property
    def fields_used(self) -> list[str]:
        """The names of the fields that are set."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


@dataclass(frozen=True)
class SearchLine:
    """One search of a list. `files` counts the different files that it was made with.

    `candidates` counts those in its list as the reader sees it; `names_somebody` says whether one of them reaches the
    threshold, None if there is none. `other_states` counts the records of other states that do, None if these were not
    searched. All three are None if the result is `hidden`: by `blinding`, or as `unauthorised`.
    `picture` is the place of the first probe whose image is kept.
    """

    id: str
    created_at: datetime
    actor_id: str
    officer: str
    unit: Unit
    purpose: str
    case_number: str
    modalities: tuple[Modality, ...]
    files: int
    candidates: int | None
    names_somebody: bool | None
    other_states: int | None
    hidden: bool
    unauthorised: bool
    picture: int | None


def load_lines(
    connection: Connection, act: Act | None, query: SearchQuery, limit: int, after: str | None
) -> Page[SearchLine, str]:
    """Return the searches that the actor may read and that meet a query; `after` is the `after` of a page.

    Raises:
        InvalidField: the limit or the cursor is not valid.
    """
    require_limit(limit, MAX_PAGE, "searches")
    conditions = [*_conditions(query), *older_than(searches.c.created_at, searches.c.id, after)]
    rows, next_cursor = paginate(_newest(connection, act, query.mine, conditions, limit + 1), limit, cursor)
    return Page(tuple(_lines(connection, act, rows)), next_cursor)


def _newest(
    connection: Connection, act: Act | None, mine: bool, conditions: list[ColumnElement[bool]], limit: int
) -> list[Row[Any]]:
    """Return the newest of those that may be read: one's own and the unit's, each by the order of its own index."""
    unit = unit_of(act)
    ways = [] if mine else [_made_at(unit)]
    if act is not None and (mine or unit.state):
        ways.append(searches.c.actor_id == act.actor.id)
    rows: dict[str, Row[Any]] = {}
    for way in ways:
        query = select(searches, hidden(act).label("hidden"), unauthorised().label("unauthorised")).where(
            way, *conditions
        )
        newest = query.order_by(searches.c.created_at.desc(), searches.c.id.desc()).limit(limit)
        rows.update((row.id, row) for row in connection.execute(newest))
    return sorted(rows.values(), key=lambda row: (row.created_at, row.id), reverse=True)[:limit]


def _made_at(unit: Unit) -> ColumnElement[bool]:
    """Return the condition that a search was made at a unit or below it."""
    by_depth = (None, searches.c.state_unit, searches.c.district_unit, searches.c.unit)
    column = by_depth[len(unit.codes)]
    return true() if column is None else column == unit.path


def _conditions(query: SearchQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.case_number:
        conditions.append(searches.c.case_number.in_(fir_spellings(query.case_number)))
    if query.purpose:
        conditions.append(searches.c.purpose == query.purpose)
    if query.first_date:
        conditions.append(searches.c.created_at >= start_of_day(query.first_date))
    if query.last_date:
        conditions.append(searches.c.created_at < end_of_day(query.last_date))
    return conditions


def _lines(connection: Connection, act: Act | None, rows: Sequence[Row[Any]]) -> list[SearchLine]:
    ids = [row.id for row in rows]
    of_probes = (search_probes.c.search_id, search_probes.c.modality)
    counted = func.count(search_probes.c.image_sha256.distinct())
    made_with: defaultdict[str, dict[Modality, int]] = defaultdict(dict)
    query = select(*of_probes, counted).where(search_probes.c.search_id.in_(ids)).group_by(*of_probes)
    for search_id, modality, files in connection.execute(query):
        made_with[search_id][Modality.named(modality)] = files
    for row in rows:
        for modality, files in row.settings.get(FIELD, {}).items():  # of a field check, which keeps no probe
            made_with[row.id][Modality.named(modality)] = files
    pictures = _pictures(connection, ids)
    visible = _visible(connection, act, [row for row in rows if not row.hidden])
    return [
        SearchLine(
            id=row.id,
            created_at=row.created_at,
            actor_id=row.actor_id,
            officer=row.officer,
            unit=Unit.of(row.unit),
            purpose=row.purpose,
            case_number=row.case_number,
            modalities=tuple(modality for modality in Modality.registered() if modality in made_with[row.id]),
            files=sum(made_with[row.id].values()),
            candidates=None if row.hidden else visible[row.id].candidates,
            names_somebody=None if row.hidden or row.threshold is None else visible[row.id].reach(row.threshold),
            other_states=None if row.hidden else hits_counted(row.settings),
            hidden=bool(row.hidden),
            unauthorised=bool(row.unauthorised),
            picture=None if row.hidden else pictures.get(row.id),
        )
        for row in rows
    ]


def _pictures(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    first = func.min(search_images.c.ordinal)
    image_files = search_images.c.search_id.in_(ids), search_images.c.media_type.startswith("image/")
    query = select(search_images.c.search_id, first).where(*image_files).group_by(search_images.c.search_id)
    return {row[0]: row[1] for row in connection.execute(query)}


@dataclass(frozen=True)
class _Visible:
    """The visible result of a search: the scores of visible people, and how many other units have a hit."""

    scores: Sequence[float]
    units: int

    @property
    def candidates(self) -> int:
        return len(self.scores) + self.units

    def reach(self, threshold: float) -> bool:
        return self.units > 0 or any(score >= threshold for score in self.scores)


def _visible(connection: Connection, act: Act | None, rows: Sequence[Row[Any]]) -> dict[str, _Visible]:
    """Return the visible result of each search, as `biometrics.use_cases.search.candidates.candidate_list` shows it."""
    query = select(search_candidates).where(search_candidates.c.search_id.in_([row.id for row in rows]))
    candidates = connection.execute(query.order_by(search_candidates.c.search_id, search_candidates.c.rank)).all()
    unit = unit_of(act)
    lead_of, visible = _leads_and_visible(connection, unit, {candidate.record_id for candidate in candidates})
    scores: defaultdict[str, list[float]] = defaultdict(list)
    counted: set[tuple[str, str | None, str]] = set()
    units: defaultdict[str, set[Unit | None]] = defaultdict(set)
    of_search = {row.id: row for row in rows}
    for line in candidates:
        candidate, row = SearchCandidate(line.record_id, line.score, line.detail), of_search[line.search_id]
        threshold = threshold_for_fpir(row.settings[ELSEWHERE_FPIR], row.gallery_size)
        removed = candidate.record_id not in lead_of
        in_unit = candidate.record_id in visible or (removed and candidate.elsewhere is None)
        if not unit.state or in_unit:
            person = (row.id, candidate.modality, lead_of.get(candidate.record_id, candidate.record_id))
            if person not in counted:
                scores[row.id].append(candidate.decibans)
            counted.add(person)
        elif candidate.score >= threshold and (candidate.elsewhere is not None or not removed):
            units[row.id].add(candidate.elsewhere)
    return {
        row.id: _Visible(sorted(scores[row.id], reverse=True)[: row.settings["max_candidates"]], len(units[row.id]))
        for row in rows
    }


def _leads_and_visible(connection: Connection, unit: Unit, record_ids: set[str]) -> tuple[dict[str, str], set[str]]:
    """Return the records that ids have, or lead to by a merge, by the ids, and the ids of those that a unit sees."""
    ordered_ids = sorted(record_ids)
    leads: dict[str, str] = {}
    visible: set[str] = set()
    for chunk in in_chunks(ordered_ids, CHUNK):
        lead_of = resolve_merged_ids(connection, chunk)
        seen_by_unit = visible_ids(connection, unit, set(lead_of.values()))
        leads |= lead_of
        visible |= {record_id for record_id, lead_id in lead_of.items() if lead_id in seen_by_unit}
    return leads, visible
