"""Records are found by name in any script and spelling, the most alike first, by indexes and not by reading all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from records_examples import encounter
from sqlalchemy import Connection, Executable, SelectBase, text
from sqlalchemy.dialects import postgresql, sqlite

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import Section
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.people import name_search
from biometrics.people import record_query as finding
from biometrics.people.name_search import rows_of
from biometrics.records.store import RecordStore
from biometrics.storage.tables.people import aliases, encounters, name_words, records, sections
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person

pytestmark = pytest.mark.both_databases

PEOPLE = 10_000


def names(store: RecordStore, **query: object) -> list[str]:
    return [record.person.name for record in store.people.find(RecordQuery(**query)).items]


def test_a_name_is_found_in_other_scripts_and_spellings(store: RecordStore) -> None:
    for name in ("Ramesh Chaudhari", "रमेश चौधरी", "Rameshwar Choudhary", "Suresh Chaudhari", "Ramesh Chowdhury Lal"):
        store.create_record(Person(name), "27")
    matches = names(store, name="Shri Ramesh Chaudhari")
    assert matches[0] == "Ramesh Chaudhari"
    assert set(matches[1:3]) == {"रमेश चौधरी", "Ramesh Chowdhury Lal"}
    assert matches[3:] == ["Rameshwar Choudhary"]
    assert names(store, name="चौधरी रमेश")[0] == "रमेश चौधरी"


def test_a_name_is_found_by_aliases_and_any_word_division(store: RecordStore) -> None:
    store.create_record(Person("Ram Kumar", aliases=("Mohd. Iqbal", "Guddi")), "27")
    store.create_record(Person("Laxminarayan"), "27")
    for query in ("Ramkumar", "ram kumar", "Muhammad Iqbal", "guddi", "Kumar, Ram"):
        assert names(store, name=query) == ["Ram Kumar"], query
    for query in ("Lakshmi Narayan", "lakshminarayana"):
        assert names(store, name=query) == ["Laxminarayan"], query


def test_a_corrected_name_is_found_and_the_old_one_is_not(store: RecordStore) -> None:
    record = store.create_record(Person("Ram"), "27")
    store.editor.correct_person(record.id, Person("Shyam"), record.version)
    assert names(store, name="shyam") == ["Shyam"]
    assert names(store, name="ram") == []


def test_pages_of_a_name_hold_every_record_once_and_best_first(store: RecordStore) -> None:
    for number in range(5):
        store.create_record(Person("Ram Kumar" if number % 2 else "Raam Kumar Singh"), "27")
    whole = [record.id for record in store.people.find(RecordQuery(name="ram kumar")).items]
    pages, after = [], None
    while True:
        page = store.people.find(RecordQuery(name="ram kumar"), 2, after)
        pages += [record.id for record in page.items]
        after = page.after
        if after is None:
            break
    assert pages == whole
    assert len(set(whole)) == 5
    assert [store.people.get(record_id).person.name for record_id in whole[:2]] == ["Ram Kumar"] * 2
    for wrong in ("", "1.x", "12", f"1~{'g' * 36}", f"99999999~{'a' * 36}"):
        with pytest.raises(InvalidField, match="first page"):
            store.people.find(RecordQuery(name="ram"), 2, wrong)


def test_a_name_that_very_many_have_says_that_some_may_be_missing(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_search, "RANKED", 3)
    for number in range(5):
        store.create_record(Person(f"Rama {chr(97 + number) * 5}"), "27")
    store.create_record(Person("Ram"), "27")
    page = store.people.find(RecordQuery(name="Ram"))
    assert (page.items[0].person.name, page.incomplete) == ("Ram", True)
    assert not store.people.find(RecordQuery(name="Ram", birth_year=1980)).incomplete


def test_a_name_without_letters_finds_nobody(store: RecordStore) -> None:
    store.create_record(Person("Ram"), "27")
    for query in ("%", "_", "- -"):
        assert names(store, name=query) == []


def test_encounters_are_found_by_day_section_and_year_of_the_fir(store: RecordStore) -> None:
    """What is asked must hold for one and the same encounter, section and act for one and the same charge."""
    theft, other = Section("BNS 2023", "303(2)"), Section("IPC 1860", "302")
    ram = store_person(
        store, Person("Ram"), encounter(date=date(2024, 1, 5), sections=(theft,), fir_number="1/2023"), []
    )
    store_encounter(store, ram.record_id, encounter(date=date(2024, 6, 5), sections=(other,), fir_number="1/2024"), [])
    store_person(store, Person("Sita"), encounter(date=date(2024, 6, 1), sections=(theft, other), fir_number="9"), [])
    assert names(store, first_date=date(2024, 6, 1)) == ["Sita", "Ram"]
    assert names(store, last_date=date(2024, 5, 31)) == ["Ram"]
    assert names(store, first_date=date(2024, 6, 2), last_date=date(2024, 6, 5)) == ["Ram"]
    assert names(store, section="303(2)", first_date=date(2024, 2, 1)) == ["Sita"]
    assert names(store, section="302", act="BNS 2023") == []
    assert names(store, section="302", act="IPC 1860") == ["Sita", "Ram"]
    assert names(store, fir_number="1/2024", fir_year=2024) == ["Ram"]
    assert names(store, fir_year=2023, section="302") == []
    turned = {"first_date": date(2024, 2, 1), "last_date": date(2024, 1, 1)}
    for wrong in ({"act": "BNS 2023"}, turned, {"fir_year": -1}):
        with pytest.raises(InvalidField):
            RecordQuery(**wrong)


def test_the_two_ways_of_looking_for_encounters_find_the_same(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        store_person(store, Person(f"P {number}"), encounter(station_code="A" if number % 2 else "B"), [])
    few = names(store, station_code="A", state_code="27")
    monkeypatch.setattr(finding, "FEW", 1)
    assert names(store, station_code="A", state_code="27") == few == ["P 5", "P 3", "P 1"]


def fill(connection: Connection) -> None:
    """Write many people with an encounter each, quickly."""
    now = datetime.now(UTC)
    ids = [str(uuid.UUID(int=number + 2**100)) for number in range(PEOPLE)]
    held = [f"{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}sh kumar" for number in range(PEOPLE)]
    common = {"sex": "male", "created_at": now, "version": 1}
    connection.execute(
        records.insert(),
        [
            common | {"id": record_id, "national_number": f"27{n:08}", "name": held[n], "birth_year": 1900 + n % 100}
            for n, record_id in enumerate(ids)
        ],
    )
    connection.execute(
        name_words.insert(), [row for n, record_id in enumerate(ids) for row in rows_of(record_id, [held[n]])]
    )
    connection.execute(
        aliases.insert(),
        [{"record_id": record_id, "ordinal": 0, "name": f"alias {n}"} for n, record_id in enumerate(ids)],
    )
    place = {"district_code": "1", "state_code": "27", "officer": "X", "kind": "arrest", "created_at": now}
    visits, charges = [], []
    for n, record_id in enumerate(ids):
        own = {"id": record_id, "record_id": record_id, "fir_number": f"{n}", "station_code": f"S{n % 997}"}
        visits.append(place | own | {"date": date(2000 + n % 25, 1, 1 + n % 28)})
        charges.append({"encounter_id": record_id, "ordinal": 0, "act": "A", "section": f"{n % 500}"})
    connection.execute(encounters.insert(), visits)
    connection.execute(sections.insert(), charges)
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE"))


def plan(connection: Connection, statement: Executable) -> str:
    dialect = sqlite.dialect() if connection.dialect.name == "sqlite" else postgresql.dialect()
    sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in connection.execute(text(explain + sql.replace(":", r"\:"))))


QUERIES = [
    {"fir_number": "77"},
    {"station_code": "S12", "first_date": date(2003, 1, 1), "last_date": date(2003, 12, 31)},
    {"section": "77"},
    {"section": "77", "act": "A"},
    {"national_number": "2700000077"},
]


@pytest.mark.slow
def test_no_query_reads_all_records(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan of every query goes by indexes; a scan of a table is told by its name.

    PostgreSQL, which rightly reads small tables as a whole, is kept from it where there is an index to go by.
    """
    with store.database.writing() as connection:
        fill(connection)
    seen: list[str] = []
    with store.database.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        real = connection.execute

        def watched(statement: Executable, *arguments: Mapping[str, object], **options: object) -> object:
            if isinstance(statement, SelectBase):
                shown = plan_of(statement.params(*arguments))
                if is_wide(shown):
                    seen.append(f"{statement}\n{shown}")
            return real(statement, *arguments, **options)

        def plan_of(statement: Executable) -> str:
            with monkeypatch.context() as patched:
                patched.setattr(connection, "execute", real)
                return plan(connection, statement)

        monkeypatch.setattr(connection, "execute", watched)
        for query in QUERIES:
            assert finding.find_records(connection, RecordQuery(**query), 10, None, Unit()).items, query
        for name in ("mlsh kumar", "mlshkumar", "mlsh", "ml kumar"):
            matches = finding.find_records(connection, RecordQuery(name=name), 10, None, Unit()).items
            assert {record.person.name for record in matches} >= {"mlsh kumar"}, name
        monkeypatch.setattr(finding, "FEW", 100)
        for broad in (RecordQuery(state_code="27"), RecordQuery(state_code="27", section="7"), RecordQuery()):
            for unit in (Unit(), Unit("27"), Unit("27", "1")):
                assert finding.find_records(connection, broad, 10, None, unit).items, (broad, unit)
    assert not seen, "\n\n".join(seen)


TABLES = ("records", "encounters", "sections", "name_words", "aliases")


def is_wide(shown: str) -> bool:
    """Say whether a plan goes through a whole table, other than record by record from the newest one to a limit."""
    narrow = shown.replace("SCAN records USING INDEX ix_records_created_at_id", "")
    of_each = "CORRELATED" in shown and "_date (state_code=?" in shown  # for each record all encounters of a state
    scanned = any(f"SCAN {table}" in narrow or f"Seq Scan on {table}" in narrow for table in TABLES)
    return of_each or scanned or "merged_into=?" in shown
