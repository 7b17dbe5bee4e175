"""Records are found by what is written in them, page by page, in any script and on both databases alike."""

from __future__ import annotations

import pytest
from case_examples import somebody
from records_examples import encounter, print_of
from removing import remove_record

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import ME, Record, RecordQuery
from biometrics.people import record_query as finding
from biometrics.people.record_query import MAX_PAGE
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person

pytestmark = pytest.mark.both_databases


def names(store: RecordStore, **query: object) -> list[str]:
    return [record.person.name for record in store.people.find(RecordQuery(**query)).items]


def test_a_name_is_found_by_any_of_its_words(store: RecordStore) -> None:
    """Case does not matter in any script, aliases count, a word may be only begun, and no character is a wildcard."""
    ram = Person("Ram Kumar", aliases=("Chhotu", "Guddi Devi"))
    for person in (ram, Person("मीना देवी"), Person("MÜLLER 100%"), Person("under_score"), Person("back\\slash")):
        store.create_record(person, "27")
    for query in ("ram", "RAM KUM", "guddi"):
        assert names(store, name=query) == ["Ram Kumar"], query
    for query in ("मीना", "मीन"):
        assert names(store, name=query) == ["मीना देवी"], query
    for query in ("müller", "100%"):
        assert names(store, name=query) == ["MÜLLER 100%"], query
    assert names(store, name="score") == ["under_score"]
    assert names(store, name="slash") == ["back\\slash"]
    for query in ("'; DROP TABLE records; --", "zzz", "%", "_"):
        assert names(store, name=query) == [], query


def test_conditions_are_joined(store: RecordStore) -> None:
    """All that is asked for must hold."""
    store.create_record(Person("Ram", Sex.MALE, 1980), "27")
    store.create_record(Person("Rama", Sex.FEMALE, 1980), "27")
    store.create_record(Person("Ramesh", Sex.MALE, 1991, national_number="0900000077"))
    assert names(store) == ["Ramesh", "Rama", "Ram"]
    assert names(store, name="ram", sex=Sex.MALE) == ["Ram", "Ramesh"]
    assert names(store, sex=Sex.MALE, birth_year=1980) == ["Ram"]
    assert names(store, national_number="0900000077") == ["Ramesh"]
    assert names(store, national_number="0900000077", sex=Sex.FEMALE) == []


def test_conditions_on_an_encounter_hold_for_one_and_the_same(store: RecordStore) -> None:
    """FIR 1 of station B is not found in a person who has FIR 1 of station A and FIR 2 of station B."""
    ram = store_person(store, Person("Ram"), encounter(fir_number="1/2024", station_code="A"), [])
    store_encounter(store, ram.record_id, encounter(fir_number="2/2024", station_code="B", state_code="09"), [])
    store.create_record(Person("Sita"), "27")
    assert names(store, fir_number="FIR 01/2024") == ["Ram"]
    assert names(store, fir_number="1/2024", station_code="A") == ["Ram"]
    assert names(store, fir_number="1/2024", station_code="B") == []
    assert names(store, station_code="B", state_code="09", district_code="519") == ["Ram"]


@pytest.mark.parametrize("few", [0, 10_000])
def test_what_an_account_entered_is_found_by_it(store: RecordStore, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Also after a colleague corrects it or adds another arrest; what the service itself entered is nobody's."""
    monkeypatch.setattr(finding, "FEW", few)
    asha, ravi = (store.for_actor(somebody(name)) for name in ("asha", "ravi"))
    ram = store_person(asha, Person("Ram"), encounter(fir_number="1/2024"), [])
    store_person(ravi, Person("Sita"), encounter(fir_number="2/2024"), [])
    store_person(store, Person("Nobody's"), encounter(fir_number="3/2024"), [])
    store_encounter(ravi, ram.record_id, encounter(fir_number="4/2024"), [])
    assert names(asha, enrolled_by=ME) == names(ravi, enrolled_by="asha") == ["Ram"]
    assert names(ravi, enrolled_by=ME) == ["Sita", "Ram"]
    assert names(ravi, enrolled_by=ME, fir_number="1/2024") == []  # conditions hold for one encounter
    assert names(ravi, enrolled_by=ME, name="sita") == ["Sita"]
    assert names(store, enrolled_by=ME) == []
    assert [each.enrolled_by for each in store.people.get(ram.record_id).encounters] == ["asha", "ravi"]


def walk(store: RecordStore, query: RecordQuery, limit: int) -> list[list[Record]]:
    pages, after = [], None
    while True:
        page = store.people.find(query, limit, after)
        pages.append(list(page.items))
        if page.after is None:
            return pages
        after = page.after


def test_pages_hold_every_record_once(store: RecordStore) -> None:
    for number in range(7):
        store.create_record(Person(f"Person {number}"), "27")
    for limit, sizes in ((1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (100, [7])):
        pages = walk(store, RecordQuery(), limit)
        assert [len(page) for page in pages] == sizes
        assert [record.person.name for page in pages for record in page] == [f"Person {n}" for n in range(6, -1, -1)]


def test_a_page_is_not_moved_by_what_is_written_meanwhile(store: RecordStore) -> None:
    ids = [store.create_record(Person(f"Person {number}"), "27").id for number in range(6)]
    first = store.people.find(RecordQuery(), 2)
    store.create_record(Person("New"), "27")
    remove_record(store, first.items[-1].id)
    second = store.people.find(RecordQuery(), 2, first.after)
    assert [record.id for record in second.items] == [ids[3], ids[2]]


@pytest.mark.parametrize("few", [0, 10_000])
def test_a_unit_lists_its_own_whatever_else_there_is(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    here = {"station_code": "A", "district_code": "1", "state_code": "27"}
    there = {"station_code": "A", "district_code": "2", "state_code": "09"}
    ram = store_person(store, Person("Ram"), encounter(**here), [])
    store_encounter(store, ram.record_id, encounter(**here, fir_number="2"), [])
    store_person(store, Person("Sita"), encounter(**there), [])
    bare = store.create_record(Person("Bare"), "27")
    store.create_record(Person("Elsewhere"), "09")
    both = store_person(store, Person("Both", Sex.MALE), encounter(**there), [])
    store_encounter(store, both.record_id, encounter(**here), [])
    acting = store.for_actor(somebody("x", unit=Unit("27", "1", "A")))

    def listed(**query: object) -> list[str]:
        pages = walk(acting, RecordQuery(**query), 1)
        return [record.person.name for page in pages for record in page]

    assert listed() == ["Both", "Bare", "Ram"]
    assert listed(sex=Sex.MALE) == ["Both"]
    assert listed(state_code="09") == ["Both"]
    assert listed(section=encounter().sections[0].section) == ["Both", "Ram"]
    assert listed(name="bare") == ["Bare"]
    assert listed(national_number=bare.national_number) == ["Bare"]
    store_encounter(store, bare.id, encounter(**there), [])
    assert listed() == ["Both", "Ram"]
    moved = store.people.get(ram.record_id)
    store.editor.move_encounter(moved.encounters[0].id, moved.version, bare.id, "his")
    assert listed() == ["Both", "Bare", "Ram"]
    moved = store.people.get(ram.record_id)
    store.editor.move_encounter(moved.encounters[0].id, moved.version, bare.id, "his, too")
    assert listed() == ["Both", "Bare", "Ram"]  # Ram is seen by his number's state again
    kept = store.people.get(bare.id)
    store.editor.merge(kept.id, kept.version, ram.record_id, "one man")
    assert listed() == ["Both", "Bare"]


def test_found_records_come_whole(store: RecordStore) -> None:
    for number in range(3):
        done = store_person(store, Person(f"P{number}", aliases=("x", "y")), encounter(), [print_of(f"{number}")])
        store_encounter(store, done.record_id, encounter(sections=()), [])
    matches = store.people.find(RecordQuery(name="p")).items
    assert [store.people.get(record.id) for record in matches] == list(matches)


def test_a_page_has_limits(store: RecordStore) -> None:
    for limit in (0, -1, MAX_PAGE + 1):
        with pytest.raises(InvalidField, match="limit"):
            store.people.find(RecordQuery(), limit)


def test_a_cursor_that_no_page_gave_is_refused(store: RecordStore) -> None:
    for after in ("", "next", "1.x", f"{'9' * 30}.{'a' * 36}", f"1.{'a' * 36}\n", "१.x"):
        with pytest.raises(InvalidField, match="first page"):
            store.people.find(RecordQuery(), 10, after)


@pytest.mark.parametrize(
    "query", [{"name": "a\x00b"}, {"fir_number": "x" * 41}, {"national_number": "12345678901"}, {"birth_year": 10**30}]
)
def test_a_query_that_no_record_could_meet_is_refused(query: dict[str, object]) -> None:
    """What could not be stored is a typing mistake, and some of it would upset the database."""
    with pytest.raises(InvalidField):
        RecordQuery(**query)
