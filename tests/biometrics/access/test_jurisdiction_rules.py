"""Who sees which record, and whom others call: each rule by itself, on tables without the rest of the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from acting import ELSEWHERE, HERE, act_of
from sqlalchemy import Connection, create_engine, select

from biometrics.access import jurisdiction
from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction
from biometrics.kernel.people.record import Elsewhere
from biometrics.storage.tables.accounts import units
from biometrics.storage.tables.base import metadata
from biometrics.storage.tables.people import encounters, records

SAME_DISTRICT = "27/519/27519005"


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database with one record at each of three stations of a state, and one without encounters in each of two."""
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        metadata.create_all(opened)
        for number, (record_id, unit) in enumerate(
            [("here", HERE), ("beside", SAME_DISTRICT), ("there", ELSEWHERE), ("bare", ""), ("far", "")]
        ):
            add_record(opened, record_id, f"{28 if record_id == 'far' else 27}0000000{number}", bare=not unit)
            if unit:
                add_encounter(opened, f"{record_id} 1", record_id, unit)
        yield opened
    engine.dispose()


def add_record(connection: Connection, record_id: str, number: str, bare: bool) -> None:
    values = {"id": record_id, "national_number": number, "bare_state": number[:2] if bare else None}
    rest = {"name": "Asha", "sex": "female", "created_at": datetime.now(UTC), "version": 1}
    connection.execute(records.insert(), values | rest)


def add_encounter(
    connection: Connection, encounter_id: str, record_id: str, unit: str, day: int = 1, minute: int = 0
) -> None:
    state, district, station = unit.split("/")
    values = {
        "id": encounter_id,
        "record_id": record_id,
        "state_code": state,
        "district_code": district,
        "station_code": station,
        "date": date(2026, 1, day),
        "created_at": datetime(2026, 2, 1, 12, minute, tzinfo=UTC),
        "fir_number": "1",
        "officer": "SI R. Patil",
        "kind": "arrest",
    }
    connection.execute(encounters.insert(), values)


def add_unit(connection: Connection, path: str, name: str, telephone: str = "") -> None:
    connection.execute(units.insert(), {"path": path, "name": name, "level": "", "telephone": telephone})


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (HERE, {"here", "bare"}),
        (SAME_DISTRICT, {"beside", "bare"}),
        ("27/519", {"here", "beside", "bare"}),
        ("27", {"here", "beside", "there", "bare"}),
        ("27/520/27519004", {"bare"}),
        ("27/51", {"bare"}),
        ("28", {"far"}),
        ("28/519/27519004", {"far"}),
        ("national", {"here", "beside", "there", "bare", "far"}),
    ],
)
def test_a_unit_sees_records_at_or_below_it_and_those_of_its_state_without_encounters(
    connection: Connection, unit: str, expected: set[str]
) -> None:
    everybody = ["here", "beside", "there", "bare", "far", "nobody"]
    assert jurisdiction.visible_ids(connection, Unit.of(unit), everybody) == expected
    assert jurisdiction.visible_ids(connection, Unit.of(unit), ["here"]) == expected & {"here"}


def test_a_record_with_encounters_is_not_seen_by_its_state_for_its_number(connection: Connection) -> None:
    add_encounter(connection, "abroad", "far", "29/1/2")
    connection.execute(records.update().where(records.c.id == "far").values(bare_state=None))
    assert jurisdiction.visible_ids(connection, Unit("28"), ["far"]) == set()
    assert jurisdiction.visible_ids(connection, Unit("29"), ["far"]) == {"far"}


def test_the_service_itself_sees_everything_and_others_what_their_unit_sees() -> None:
    assert jurisdiction.unit_of(None) == Unit()
    assert jurisdiction.unit_of(act_of(HERE)) == Unit.of(HERE)


def test_a_record_that_is_not_seen_is_refused_with_the_unit_to_call(connection: Connection) -> None:
    for act in (None, act_of(HERE), act_of("27"), act_of("national")):
        jurisdiction.require_record(connection, act, "here")
        jurisdiction.require_record(connection, act, "nobody")
    for record_id, contact in (("there", f"call unit {ELSEWHERE}"), ("far", "call unit 28")):
        with pytest.raises(OutOfJurisdiction, match=contact):
            jurisdiction.require_record(connection, act_of(HERE), record_id)
        with pytest.raises(OutOfJurisdiction, match=contact):
            jurisdiction.require_visible(connection, Unit.of(HERE), record_id)


def test_an_encounter_is_refused_as_its_record_is(connection: Connection) -> None:
    for encounter_id in ("here 1", "nothing"):
        jurisdiction.require_encounter(connection, act_of(HERE), encounter_id)
    jurisdiction.require_encounter(connection, None, "there 1")
    with pytest.raises(OutOfJurisdiction, match=ELSEWHERE):
        jurisdiction.require_encounter(connection, act_of(HERE), "there 1")


def test_nobody_acts_for_a_unit_that_is_not_below_their_own() -> None:
    for act, unit in ((None, HERE), (act_of(HERE), HERE), (act_of("27"), HERE), (act_of("national"), "27")):
        jurisdiction.require_unit(act, Unit.of(unit))
    for own, unit in ((HERE, SAME_DISTRICT), (HERE, "27/519"), ("27", "national"), ("27", "28")):
        with pytest.raises(OutOfJurisdiction, match=f"{unit} is not at or below your own unit, {own}"):
            jurisdiction.require_unit(act_of(own), Unit.of(unit))


def test_nobody_acts_for_another_state() -> None:
    for act, state in ((None, "28"), (act_of("national"), "28"), (act_of("27"), "27"), (act_of(HERE), "27")):
        jurisdiction.require_state(act, state)
    for state in ("28", "26"):
        with pytest.raises(OutOfJurisdiction, match=f"state {state} is not that of your own unit, {HERE}"):
            jurisdiction.require_state(act_of(HERE), state)


def test_an_encounter_of_another_unit_stays_theirs_also_in_a_record_that_is_seen(connection: Connection) -> None:
    add_encounter(connection, "here 2", "here", ELSEWHERE)
    jurisdiction.require_record(connection, act_of(HERE), "here")
    for act, encounter_id in ((None, "here 2"), (act_of(HERE), "here 1"), (act_of("27"), "here 2")):
        jurisdiction.require_made_here(connection, act, encounter_id)
    jurisdiction.require_made_here(connection, act_of(HERE), "nothing")
    with pytest.raises(OutOfJurisdiction, match=ELSEWHERE):
        jurisdiction.require_made_here(connection, act_of(HERE), "here 2")


def test_the_unit_to_call_is_that_of_the_latest_encounter(connection: Connection) -> None:
    def owner() -> str:
        return jurisdiction.elsewhere(connection, ["here"])["here"].unit.path

    add_encounter(connection, "b", "here", "27/1/2", day=2)
    assert owner() == "27/1/2"
    add_encounter(connection, "a", "here", "27/1/3", day=1, minute=59)
    assert owner() == "27/1/2"
    add_encounter(connection, "9", "here", "27/1/4", day=2, minute=5)
    assert owner() == "27/1/4"
    add_encounter(connection, "8", "here", "27/1/5", day=2, minute=5)
    assert owner() == "27/1/4"


def test_records_are_answered_for_together_and_those_that_do_not_exist_are_left_out(connection: Connection) -> None:
    assert jurisdiction.elsewhere(connection, ["here", "there", "bare", "far", "nobody"]) == {
        "here": Elsewhere(Unit.of(HERE)),
        "there": Elsewhere(Unit.of(ELSEWHERE)),
        "bare": Elsewhere(Unit("27")),
        "far": Elsewhere(Unit("28")),
    }


def test_a_unit_is_called_by_its_own_telephone_or_the_nearest_above(connection: Connection) -> None:
    add_unit(connection, "national", "NCRB", "1")
    add_unit(connection, "27", "SCRB", "2")
    add_unit(connection, "27/519", "Mumbai")
    add_unit(connection, HERE, "Colaba", "4")
    add_unit(connection, SAME_DISTRICT, "Byculla")
    wanted = [Unit.of(path) for path in ("28", "27", "27/519", HERE, SAME_DISTRICT, ELSEWHERE, "national")]
    assert list(jurisdiction.contacts(connection, wanted).items()) == [
        (Unit("28"), Elsewhere(Unit("28"), "", "1")),
        (Unit("27"), Elsewhere(Unit("27"), "SCRB", "2")),
        (Unit("27", "519"), Elsewhere(Unit("27", "519"), "Mumbai", "2")),
        (Unit.of(HERE), Elsewhere(Unit.of(HERE), "Colaba", "4")),
        (Unit.of(SAME_DISTRICT), Elsewhere(Unit.of(SAME_DISTRICT), "Byculla", "2")),
        (Unit.of(ELSEWHERE), Elsewhere(Unit.of(ELSEWHERE), "", "2")),
        (Unit(), Elsewhere(Unit(), "NCRB", "1")),
    ]


def test_the_telephone_of_a_unit_below_is_not_used_for_others(connection: Connection) -> None:
    add_unit(connection, HERE, "Colaba", "4")
    for path in ("27/519", SAME_DISTRICT):
        assert jurisdiction.contacts(connection, [Unit.of(path)]) == {Unit.of(path): Elsewhere(Unit.of(path))}


def test_codes_that_no_unit_can_have_are_of_their_state(connection: Connection) -> None:
    add_encounter(connection, "old", "here", "27/519/x", day=2)
    connection.execute(encounters.update().where(encounters.c.id == "old").values(station_code="a/b"))
    row = connection.execute(select(encounters).where(encounters.c.id == "old")).one()
    with pytest.raises(InvalidField):
        jurisdiction.unit_at(row)
    assert jurisdiction.station_of(row) == Unit("27")
    assert jurisdiction.elsewhere(connection, ["here"]) == {"here": Elsewhere(Unit("27"))}
    assert jurisdiction.station_of(connection.execute(select(encounters)).first()) == Unit.of(HERE)
