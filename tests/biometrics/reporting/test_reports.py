"""Reports count what the store holds, of one's own unit and below, and publish nothing that tells of few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from acting import act_of
from case_examples import FOUND, question
from records_examples import encounter, photo_of, print_of, search_for
from sqlalchemy import select, update

from biometrics.kernel.casework.cases import CaseKind, Conclusion
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import EncounterKind, Section
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.technique import clock
from biometrics.records.store import RecordStore
from biometrics.reporting.report import Dimension, Period, Report
from biometrics.reporting.reports import ReportStore
from biometrics.reporting.tabulation import TOTAL
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import searches
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search

THEFT, MURDER = Section("BNS 2023", "303(2)"), Section("BNS 2023", "103")


@pytest.fixture
def filled(store: RecordStore) -> RecordStore:
    """Nine encounters at three stations of two states."""
    for number in range(6):
        sex = Sex.FEMALE if number == 0 else Sex.MALE
        store_person(
            store,
            Person(f"A {number}", sex, 2000 - number * 10),
            encounter(station_code="A", date=date(2024, 1 + number % 2, 3), sections=(THEFT,), device="L Scan"),
            [print_of(f"{number}")],
        )
    for number in range(2):
        two = (THEFT, MURDER)
        store_person(
            store, Person(f"B {number}", Sex.MALE), encounter(station_code="B", date=date(2025, 5, 5), sections=two), []
        )
    away = encounter(station_code="C", state_code="09", district_code="1", kind=EncounterKind.WANTED, sections=())
    store_person(store, Person("C"), away, [photo_of("c")])
    return store


def counts(report: Report) -> dict[tuple[object, ...], object]:
    return {row[:-1]: row[-1] for row in report.rows}


def test_encounters_are_counted_by_any_dimension(filled: RecordStore) -> None:
    reports = ReportStore(filled.database, None)
    assert counts(reports.counts((Dimension.STATION,), Period())) == {("A",): 6, ("B",): 2, ("C",): 1, (TOTAL,): 9}
    by_month = counts(reports.counts((Dimension.MONTH,), Period(date(2024, 1, 1), date(2024, 2, 28))))
    assert by_month == {("2024-01",): 3, ("2024-02",): 3, (TOTAL,): 6}
    by_two = counts(reports.counts((Dimension.STATE, Dimension.SEX), Period()))
    assert (by_two["27", "male"], by_two["09", "male"], by_two[TOTAL, "unknown"], by_two["27", TOTAL]) == (7, 0, 1, 8)
    ages = counts(reports.counts((Dimension.AGE,), Period()))
    assert ages == {
        ("18 to 24",): 1,
        ("25 to 34",): 1,
        ("35 to 49",): 1,
        ("50 and over",): 3,
        ("unknown",): 3,
        (TOTAL,): 9,
    }
    assert counts(reports.counts((Dimension.YEAR, Dimension.KIND), Period()))["2024", "wanted"] == 1


def test_charges_are_counted_by_act_and_section(filled: RecordStore) -> None:
    """One encounter may be of several sections."""
    report = ReportStore(filled.database, None).counts((Dimension.SECTION,), Period())
    assert report.columns == ("section", "charges")
    assert counts(report) == {("BNS 2023 303(2)",): 8, ("BNS 2023 103",): 2, (TOTAL,): 10}


def test_a_unit_sees_its_own_and_what_is_below(filled: RecordStore) -> None:
    for unit, expected in (("27/519/A", 6), ("27", 8), ("09", 1), ("national", 9)):
        reports = ReportStore(filled.database, act_of(unit))
        assert counts(reports.counts((Dimension.SEX,), Period()))[(TOTAL,)] == expected
    with filled.database.reading() as connection:
        entries = connection.execute(select(audit_entries.c.action, audit_entries.c.detail)).all()
    assert [entry.action for entry in entries] == ["report.make"] * 4


def test_a_public_report_suppresses_counts_of_few(filled: RecordStore) -> None:
    """And others with them, so that the total does not tell."""
    report = ReportStore(filled.database, None).counts((Dimension.STATION,), Period(), public=True)
    assert report.public
    assert counts(report) == {("A",): 6, ("B",): None, ("C",): None, (TOTAL,): 9} or None in counts(report).values()
    assert not [count for count in counts(report).values() if count in (1, 2, 3, 4)]


def test_quality_is_reported_by_station_and_device(store: RecordStore) -> None:
    poor = replace(print_of("p"), accepted_because="burnt")
    samples = [print_of("1"), replace(photo_of("2")), poor]
    store_person(store, Person("A"), encounter(station_code="A", device="L Scan"), samples)
    store_person(store, Person("B"), encounter(station_code="B"), [print_of(f"{number}") for number in range(6)])
    reports = ReportStore(store.database, None)
    assert reports.quality(Period()).rows == (
        ("A", "L Scan", "face", 1, 88.0, 0),
        ("A", "L Scan", "fingerprint", 2, 71.0, 1),
        ("B", "", "fingerprint", 6, 71.0, 0),
    )
    assert reports.quality(Period(), public=True).rows == (
        ("A", "L Scan", "face", None, None, None),
        ("A", "L Scan", "fingerprint", None, None, None),
        ("B", "", "fingerprint", 6, 71.0, 0),
    )
    assert reports.quality(Period(last=date(2020, 1, 1))).rows == ()


def test_the_register_names_devices_and_their_operators_and_for_the_public_no_operator(store: RecordStore) -> None:
    clerk = store.for_actor(act_of("27", actor="clerk"))
    for day in (3, 9):
        at = encounter(station_code="A", date=date(2024, 1, day), device="L Scan 12")
        store_person(clerk, Person("A"), at, [print_of(f"{day}")])
    reports = ReportStore(store.database, None)
    assert reports.register(Period()).rows == (("A", "L Scan 12", "clerk", 2, "2024-01-03", "2024-01-09"),)
    assert reports.register(Period(), public=True).rows[0][2:4] == ("", None)


def test_hit_rates_are_reported_by_month(store: RecordStore) -> None:
    record = store_person(store, Person("A"), encounter(), [])
    hit = search_for(record.record_id)
    results = [hit, replace(hit, threshold=70.0), replace(hit, threshold=None)]
    ids = [store_search(store, search).id for search in results]
    with store.database.writing() as connection:
        moment = datetime(2026, 3, 31, 18, 29, tzinfo=UTC)  # 23:59 in India
        connection.execute(update(searches).values(created_at=moment, unit="27/519/A"))
        connection.execute(
            update(searches).where(searches.c.id == ids[2]).values(created_at=moment + timedelta(hours=1))
        )
    reports = ReportStore(store.database, None)
    assert reports.searches(Period()).rows == (("2026-03", 2, 2, 1, 0, 0.5), ("2026-04", 1, 0, 0, 0, None))
    assert reports.searches(Period(last=date(2026, 3, 31))).rows == (("2026-03", 2, 2, 1, 0, 0.5),)
    assert reports.searches(Period(), public=True).rows[0] == ("2026-03", None, None, None, None, None)
    for unit, rows in (("27", 2), ("27/519/A", 2), ("27/51", 0), ("09", 0)):
        assert len(ReportStore(store.database, act_of(unit)).searches(Period()).rows) == rows, unit


def test_a_transparency_report_counts_what_searches_found_and_what_examiners_said(store: RecordStore) -> None:
    """Two searches that were wrong about the same person name one person; small counts are for no public."""
    people = [store_person(store, Person(name), encounter(), []).record_id for name in ("A", "B")]
    made = [store_search(store, search_for(record_id)).id for record_id in (people[0], people[0], people[1])]
    lapsed = store_search(store, replace(search_for(people[1]), threshold=70.0)).id
    outcomes = (Conclusion.EXCLUSION, Conclusion.EXCLUSION, Conclusion.IDENTIFICATION)
    with store.database.writing() as connection:
        connection.execute(update(searches).values(unit="27/519", purpose="investigation"))
        past = datetime.now(UTC) - timedelta(hours=1)
        connection.execute(update(searches).where(searches.c.id == lapsed).values(authorise_until=past))
    for search_id, outcome in zip(made, outcomes, strict=True):
        with store.begin() as work:
            about = question(
                CaseKind.SEARCH_HIT, search_id=search_id, candidate_id=people[outcomes.index(outcome) // 2]
            )
            case_id = work.cases.open(about, FOUND, frozenset())
        with store.database.writing() as connection:
            connection.execute(update(cases).where(cases.c.id == case_id).values(outcome=outcome, state="closed"))
    reports = ReportStore(store.database, None)
    report = reports.transparency(Period())
    figures = dict(zip(report.columns, report.rows[0], strict=True))
    assert len(report.rows) == 1
    assert figures == {
        "purpose": "investigation",
        "unit": "27/519",
        "modality": "face+fingerprint",
        "searches": 4,
        "hits": 3,
        "confirmed": 1,
        "refuted": 2,
        "people wrongly suspected": 1,
        "without order": 1,
    }
    assert set(reports.transparency(Period(), public=True).rows[0][3:]) == {None}
    assert reports.transparency(Period(last=date(2025, 1, 1))).rows == ()
    assert ReportStore(store.database, act_of("09")).transparency(Period()).rows == ()


def test_days_and_months_are_those_of_the_time_zone(station: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 3, 31, 20, tzinfo=UTC)
    with station.database.writing() as connection:
        connection.execute(update(cases).values(created_at=moment, ended_at=moment))
        connection.execute(update(searches).values(created_at=moment))
    reports = ReportStore(station.database, None)
    for zone, month in (("UTC", "2026-03"), (clock.DEFAULT_ZONE, "2026-04")):
        monkeypatch.setattr(clock, "_station_zone", ZoneInfo(zone))
        made = [*reports.searches(Period()).rows, *(row[1:] for row in reports.turnaround(Period()).rows)]
        assert {row[0] for row in made} == {month}
        assert bool(reports.turnaround(Period(first=date(2026, 4, 1))).rows) == (month == "2026-04")
        assert bool(reports.searches(Period(last=date(2026, 3, 31))).rows) == (month == "2026-03")


def test_turnaround_is_how_long_cases_took(station: RecordStore) -> None:
    with station.database.writing() as connection:
        opened = datetime(2026, 3, 1, tzinfo=UTC)
        connection.execute(update(cases).values(created_at=opened, ended_at=opened + timedelta(hours=36)))
    rows = ReportStore(station.database, None).turnaround(Period()).rows
    assert {row[1:] for row in rows} == {("2026-03", count, count, 36.0, 36.0) for count in (1, 2)}


def test_an_unknown_dimension_is_refused(store: RecordStore) -> None:
    reports = ReportStore(store.database, None)
    for dimensions in ((), (Dimension.SEX, Dimension.SEX), tuple(Dimension)):
        with pytest.raises(InvalidField, match="dimensions"):
            reports.counts(dimensions, Period())
    with pytest.raises(InvalidField, match="earlier"):
        Period(date(2025, 1, 1), date(2024, 1, 1))
    assert reports.counts((Dimension.SEX,), Period()).rows == ()
