"""An officer sees full records with an encounter at or below their unit; of others the unit to call, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from records_examples import encounter, print_of, search_for
from removing import remove_record

from biometrics.access.units import Office, UnitStore
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction, PurposeMissing, UnknownSample
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Elsewhere, Enrolment, LinkKind, Record, RecordQuery
from biometrics.records.store import RecordStore
from biometrics.use_cases.accounts.account_administration import set_office
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.identify import store_search

ABOVE = ("27/519/27519004", "27/519", "27", "national")  # HERE and what is above it
DISCHARGED = Outcome(CourtEvent.DECISION, encounter().date, "Sessions Court", Verdict.DISCHARGED)
OUTSIDE = ("27/520/27520001", "27/520", "27/51", "28", "27/519/27519005")


def at(unit: str) -> Encounter:
    return encounter(**codes(unit))


def enrolled(store: RecordStore, unit: str = HERE, name: str = "Asha") -> Enrolment:
    return store_person(store, Person(name), at(unit), [print_of(f"{unit} {name}")])


def test_a_unit_sees_what_is_at_or_below_it(store: RecordStore) -> None:
    done = enrolled(store)
    for unit in ABOVE:
        bound = store.for_actor(act_of(unit))
        assert bound.people.get(done.record_id).person.name == "Asha"
        assert bound.samples.image(bound.samples.get(done.sample_ids[0]).id)
        assert len(bound.people.find(RecordQuery()).items) == 1
        assert isinstance(bound.people.named([done.record_id])[done.record_id], Record)


def test_another_unit_sees_the_contact_and_no_more(store: RecordStore) -> None:
    done = enrolled(store)
    for unit in OUTSIDE:
        bound = store.for_actor(act_of(unit))
        with pytest.raises(OutOfJurisdiction, match="27/519/27519004"):
            bound.people.get(done.record_id)
        for read in (bound.samples.get, bound.samples.image):
            with pytest.raises(UnknownSample) as refused:
                read(done.sample_ids[0])
            assert str(refused.value) == f"There is no sample {done.sample_ids[0]}; check the number."
        for query in (RecordQuery(), RecordQuery(name="asha"), RecordQuery(national_number=done.national_number)):
            assert bound.people.find(query).items == ()
        assert bound.people.named([done.record_id]) == {done.record_id: Elsewhere(Unit.of(HERE))}


def test_another_unit_changes_nothing(store: RecordStore) -> None:
    done = enrolled(store)
    before = store.counts()
    for unit in OUTSIDE:
        bound = store.for_actor(act_of(unit))
        for change in (
            lambda bound=bound: remove_record(bound, done.record_id),
            lambda bound=bound: store_encounter(bound, done.record_id, at(ELSEWHERE), []),
            lambda bound=bound: enrolled(bound),
            lambda bound=bound: bound.editor.correct_person(done.record_id, Person("Mine"), 1),
            lambda bound=bound: bound.history.of_person(done.record_id),
            lambda bound=bound: bound.editor.add_outcome(done.encounter_id, DISCHARGED),
            lambda bound=bound: bound.editor.link(done.encounter_id, done.encounter_id, LinkKind.SAME_CASE),
        ):
            with pytest.raises(OutOfJurisdiction):
                change()
    assert store.counts() == before


@pytest.mark.both_databases
def test_a_page_is_full_of_what_is_seen(store: RecordStore) -> None:
    for number in range(3):
        enrolled(store, HERE, f"Here {number}")
        enrolled(store, ELSEWHERE, f"There {number}")
    bound = store.for_actor(act_of(HERE))
    page = bound.people.find(RecordQuery(), limit=2)
    assert [record.person.name for record in page.items] == ["Here 2", "Here 1"]
    last = bound.people.find(RecordQuery(), limit=2, after=page.after)
    assert ([record.person.name for record in last.items], last.after) == (["Here 0"], None)


def test_units_are_listed_with_their_level_and_changed_only_from_above(store: RecordStore) -> None:
    units = UnitStore(store.database)
    for path in ("27/519/27519004", "27", "national", "27/519", "28"):
        set_office(store.for_actor(act_of("national")), Office(Unit.of(path), f"Office {path}"))
    assert [(office.unit.path, office.level) for office in units.listed(Unit("27"))] == [
        ("27", "state bureau"),
        ("27/519", "district"),
        ("27/519/27519004", "police station"),
    ]
    assert [office.parent for office in units.listed()][:2] == [None, Unit()]
    with pytest.raises(OutOfJurisdiction):
        set_office(store.for_actor(act_of("27")), Office(Unit("28"), "Mine now"))
    with pytest.raises(InvalidField, match="telephone"):
        Office(Unit("28"), "X", "call me")


def test_a_search_is_read_by_its_maker_and_from_above(store: RecordStore) -> None:
    """It holds whom somebody looked for, which is nobody else's business."""
    search_id = store_search(store.for_actor(act_of(HERE, actor="a")), search_for(enrolled(store).record_id)).id
    for reader in (act_of(HERE, actor="b"), act_of("27"), act_of(ELSEWHERE, actor="a")):
        assert store.for_actor(reader).searches.get(search_id).search.unit == Unit.of(HERE)
    with pytest.raises(OutOfJurisdiction, match=HERE):
        store.for_actor(act_of(ELSEWHERE)).searches.get(search_id)


@pytest.mark.parametrize("missing", [{"purpose": ""}, {"case_number": ""}])
def test_a_search_without_a_purpose_or_a_case_is_refused(store: RecordStore, missing: dict[str, str]) -> None:
    """Nobody could account for it later."""
    act: Act = replace(act_of(HERE), **missing)
    search = replace(search_for("x"), case_number="")
    with pytest.raises(PurposeMissing):
        store_search(store.for_actor(act), search)
    assert store.counts().searches == 0
    stored = store_search(store.for_actor(act_of(HERE)), search).search
    assert (stored.purpose, stored.case_number) == ("investigation", "0123/2026")
