"""Reports of the content of the store, for an actor's unit and those below it."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, case, exists, extract, func, select

from biometrics.access.authorisation import unauthorised
from biometrics.access.jurisdiction import at_or_below, unit_of
from biometrics.access.rights import needs, unrestricted
from biometrics.access.units import path_within
from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.technique.clock import at_station, end_of_day, start_of_day, today
from biometrics.reporting.report import AGE_BANDS, DayFigures, Dimension, Period, Report, Value, check_dimensions
from biometrics.reporting.tabulation import SMALL, Tabulation
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import users
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.people import encounters, records, samples, sections
from biometrics.storage.tables.searches import search_candidates, search_probes, searches

UNKNOWN: Final = "unknown"
_FIELD: Final = "field"  # as `biometrics.searches.model.FIELD`: a field check keeps no probe

_AGE = extract("year", encounters.c.date) - records.c.birth_year
_LABELS: Final[dict[Dimension, ColumnElement[Any]]] = {
    Dimension.STATE: encounters.c.state_code,
    Dimension.DISTRICT: encounters.c.district_code,
    Dimension.STATION: encounters.c.station_code,
    Dimension.YEAR: extract("year", encounters.c.date),
    Dimension.MONTH: extract("year", encounters.c.date) * 100 + extract("month", encounters.c.date),
    Dimension.SEX: records.c.sex,
    Dimension.AGE: case(
        *((above > _AGE, label) for (_, label), (above, _) in pairwise(AGE_BANDS)),
        (AGE_BANDS[-1][0] <= _AGE, AGE_BANDS[-1][1]),
        else_=UNKNOWN,
    ),
    Dimension.KIND: encounters.c.kind,
    Dimension.ACT: sections.c.act,
    Dimension.SECTION: sections.c.act + " " + sections.c.section,
}
_HIT: Final = exists().where(
    search_candidates.c.search_id == searches.c.id, search_candidates.c.score >= searches.c.threshold
)
_OF_CHARGES: Final = {Dimension.ACT, Dimension.SECTION}


class ReportStore:
    """Reports for an actor, each with its audit entry; without one they cover all units, and are not audited.

    Days and months are those of the station's time zone. In a `public` report figures of few people are None; see
    `biometrics.reporting.tabulation`.
    """

    def __init__(self, database: Database, act: Act | None) -> None:
        """Report on an open database."""
        self._database = database
        self._act = act

    @needs(Scope.REPORT_READ)
    def counts(self, dimensions: tuple[Dimension, ...], period: Period, *, public: bool = False) -> Report:
        """Count encounters by dimensions; by act or section, count charges, of which an encounter may have several.

        Raises:
            InvalidField: nothing or too much to count by, or a public table that is too large.
        """
        check_dimensions(dimensions)
        names = [f"by_{dimension}" for dimension in dimensions]
        labels = [_LABELS[dimension].label(name) for dimension, name in zip(dimensions, names, strict=True)]
        query = select(*labels, func.count()).select_from(encounters)
        query = query.join(records, records.c.id == encounters.c.record_id)
        if _OF_CHARGES & set(dimensions):
            query = query.join(sections, sections.c.encounter_id == encounters.c.id)
        query = query.where(at_or_below(unit_of(self._act), encounters), *_within(period)).group_by(*names)
        with self._database.reading() as connection:
            cells = {
                tuple(_label(dimension, value) for dimension, value in zip(dimensions, values, strict=True)): count
                for *values, count in connection.execute(query)
            }
        table = Tabulation(tuple(dimensions), cells)
        counted = table.public() if public else table.with_totals()
        rows = tuple((*cell, count) for cell, count in counted.items())
        name = "charges" if _OF_CHARGES & set(dimensions) else "encounters"
        return self._audited("counts", Report((*dimensions, name), rows, public))

    @needs(Scope.REPORT_READ)
    def quality(self, period: Period, *, public: bool = False) -> Report:
        """Report the quality of enrolled samples by station, capture device and modality."""
        by = (encounters.c.station_code, func.coalesce(encounters.c.device, ""), samples.c.modality)
        accepted = func.sum(case((samples.c.accepted_because.is_not(None), 1), else_=0))
        query = (
            select(*by, func.count(), func.avg(samples.c.quality), accepted)
            .join(encounters, encounters.c.id == samples.c.encounter_id)
            .where(at_or_below(unit_of(self._act), encounters), *_within(period))
            .group_by(*by)
            .order_by(*by)
        )
        rows: list[tuple[Value, ...]] = []
        with self._database.reading() as connection:
            for station, device, modality, count, mean, poor in connection.execute(query):
                figures = (count, None if mean is None else round(float(mean), 1), int(poor))
                rows.append((station, device, modality, *_published(figures, public)))
        columns = ("station", "device", "modality", "samples", "mean quality", "accepted in spite of it")
        return self._audited("quality", Report(columns, tuple(rows), public))

    @needs(Scope.REPORT_READ)
    def register(self, period: Period, *, public: bool = False) -> Report:
        """Report the capture devices and who operated them by station, with the first and the last day.

        In a public report operators are left out, and counts of few.
        """
        operator = func.coalesce(users.c.login, encounters.c.enrolled_by, "")
        by = (encounters.c.station_code, func.coalesce(encounters.c.device, ""), *(() if public else (operator,)))
        days = func.min(encounters.c.date), func.max(encounters.c.date)
        query = (
            select(*by, func.count(), *days)
            .outerjoin(users, users.c.id == encounters.c.enrolled_by)
            .where(at_or_below(unit_of(self._act), encounters), *_within(period))
            .group_by(*by)
            .order_by(*by)
        )
        rows: list[tuple[Value, ...]] = []
        with self._database.reading() as connection:
            for *labels, count, first, last in connection.execute(query):
                named = (*labels, "") if public else tuple(labels)
                rows.append((*named, *_published((count, str(first), str(last)), public)))
        columns = ("station", "device", "operator", "encounters", "first day", "last day")
        return self._audited("register", Report(columns, tuple(rows), public))

    @needs(Scope.REPORT_READ)
    def searches(self, period: Period, *, public: bool = False) -> Report:
        """Report searches by month: how many had a candidate above the threshold, and how many examiners confirmed."""
        counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        confirmed = exists().where(cases.c.search_id == searches.c.id, cases.c.outcome == Conclusion.IDENTIFICATION)
        query = select(searches.c.created_at, searches.c.threshold.is_not(None), _HIT, confirmed)
        query = query.where(_made_at(unit_of(self._act)), *self._between(searches.c.created_at, period))
        with self._database.reading() as connection:
            for made_at, *figures in connection.execute(query, execution_options={"yield_per": 5000}):
                row = counted[f"{at_station(made_at):%Y-%m}"]
                for column, figure in enumerate((True, *figures)):
                    row[column] += bool(figure)
        rows = tuple(
            (month, *_published((*row, _rate(row[2], row[1])), public)) for month, row in sorted(counted.items())
        )
        columns = ("month", "searches", "with a threshold", "above it", "confirmed", "hit rate")
        return self._audited("searches", Report(columns, rows, public))

    @needs(Scope.REPORT_READ)
    def transparency(self, period: Period, *, public: bool = False) -> Report:
        """Report searches by purpose, unit and kinds of sample: what they found, and what examiners said of it.

        A hit is a search with a candidate above the threshold. Confirmed and refuted are cases of searches that closed
        as an identification or an exclusion; the people wrongly suspected are the different ones whom exclusions were
        about. `without order` counts searches that needed an order and were refused it, or did not get it in time.
        """
        counted: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0])
        suspected: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        labels: dict[str, tuple[str, str, str]] = {}
        made = (_made_at(unit_of(self._act)), *self._between(searches.c.created_at, period))
        kinds = select(search_probes.c.search_id, search_probes.c.modality).distinct()
        kinds = kinds.join(searches, searches.c.id == search_probes.c.search_id)
        query = select(searches.c.id, searches.c.purpose, searches.c.unit, searches.c.settings, _HIT, unauthorised())
        decided = (cases.c.outcome.in_((Conclusion.IDENTIFICATION, Conclusion.EXCLUSION)), *made)
        answers = select(cases.c.search_id, cases.c.outcome, cases.c.candidate_id)
        answers = answers.join(searches, searches.c.id == cases.c.search_id)
        with self._database.reading() as connection:
            modalities: defaultdict[str, set[str]] = defaultdict(set)
            for search_id, modality in connection.execute(kinds.where(*made)):
                modalities[search_id].add(modality)
            rows = connection.execute(query.where(*made), execution_options={"yield_per": 5000})
            for search_id, purpose, unit, settings, is_hit, without_order in rows:
                samples_of = modalities.get(search_id) or set(settings.get(_FIELD, ()))
                label = labels[search_id] = (purpose or UNKNOWN, unit, "+".join(sorted(samples_of)) or UNKNOWN)
                for column, figure in ((0, True), (1, is_hit), (5, without_order)):
                    counted[label][column] += bool(figure)
            for search_id, outcome, candidate_id in connection.execute(answers.where(*decided)):
                label = labels[search_id]
                counted[label][2 if outcome == Conclusion.IDENTIFICATION else 3] += 1
                if outcome == Conclusion.EXCLUSION:
                    suspected[label].add(candidate_id)
        for label, people in suspected.items():
            counted[label][4] = len(people)
        table = tuple((*label, *_published(tuple(row), public)) for label, row in sorted(counted.items()))
        figures = ("searches", "hits", "confirmed", "refuted", "people wrongly suspected", "without order")
        return self._audited("transparency", Report(("purpose", "unit", "modality", *figures), table, public))

    @needs(Scope.REPORT_READ)
    def turnaround(self, period: Period, *, public: bool = False) -> Report:
        """Report examiners' cases by kind and month of opening: how many ended, and after how many hours."""
        hours: defaultdict[tuple[str, str], list[float | None]] = defaultdict(list)
        query = select(cases.c.kind, cases.c.created_at, cases.c.ended_at)
        query = query.where(at_or_below(unit_of(self._act), cases), *self._between(cases.c.created_at, period))
        with self._database.reading() as connection:
            for kind, opened, ended in connection.execute(query, execution_options={"yield_per": 5000}):
                hours_taken = None if ended is None else (ended - opened) / timedelta(hours=1)
                hours[kind, f"{at_station(opened):%Y-%m}"].append(hours_taken)
        rows: list[tuple[Value, ...]] = []
        for (kind, month), durations in sorted(hours.items()):
            took_each = [duration for duration in durations if duration is not None]
            middle = round(median(took_each), 1) if took_each else None
            longest = round(max(took_each), 1) if took_each else None
            rows.append((kind, month, *_published((len(durations), len(took_each), middle, longest), public)))
        columns = ("kind", "month", "cases", "ended", "median hours", "longest hours")
        return self._audited("turnaround", Report(columns, tuple(rows), public))

    @unrestricted("four counts of the actor's own unit")
    def today(self) -> DayFigures:
        """Count what one's unit and those below it have done since midnight, unaudited."""
        unit, day = unit_of(self._act), today()
        enrolled = select(func.count()).where(encounters.c.date == day, at_or_below(unit, encounters))
        searched = select(func.count(), func.count().filter(_HIT)).where(
            searches.c.created_at >= start_of_day(day), _made_at(unit)
        )
        with self._database.reading() as connection:
            searched_count, hits = connection.execute(searched).one()
            return DayFigures(connection.execute(enrolled).scalar_one(), searched_count, hits)

    def _between(self, column: ColumnElement[Any], period: Period) -> list[ColumnElement[bool]]:
        """Return the conditions that an instant lies in a period."""
        conditions: list[ColumnElement[bool]] = []
        if period.first:
            conditions.append(column >= start_of_day(period.first))
        if period.last:
            conditions.append(column < end_of_day(period.last))
        return conditions

    def _audited(self, name: str, report: Report) -> Report:
        if self._act is not None:
            with self._database.noting() as connection:
                append(connection, self._act, Action.REPORTED, "", report=name, rows=len(report.rows))
        return report


def _within(period: Period) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if period.first:
        conditions.append(encounters.c.date >= period.first)
    if period.last:
        conditions.append(encounters.c.date <= period.last)
    return conditions


def _made_at(unit: Unit) -> ColumnElement[bool]:
    """Return the condition that a search was made at a unit or below it."""
    return path_within(searches.c.unit, unit)


def _label(dimension: Dimension, value: Any) -> str:
    if value is None:
        return UNKNOWN
    if dimension is Dimension.MONTH:
        return f"{int(value) // 100}-{int(value) % 100:02}"
    return str(int(value)) if dimension is Dimension.YEAR else str(value)


def _published(figures: tuple[Value, ...], public: bool) -> tuple[Value, ...]:
    """Return a row's figures; if public, without small counts and the means and rates that belong to them.

    There are no totals here from which a count could be derived.
    """
    is_small = [isinstance(figure, int) and 0 < figure < SMALL for figure in figures]
    if not public or not any(is_small):
        return figures
    return tuple(
        None if small or is_small[0] or isinstance(figure, float) else figure
        for figure, small in zip(figures, is_small, strict=True)
    )


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
