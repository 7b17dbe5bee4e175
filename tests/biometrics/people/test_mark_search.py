"""Records are found by the marks of a person, those described on the arrest form and those that photos show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from acting import HERE, act_of
from records_examples import WHOLE, encounter, mark_of

from biometrics.kernel.people.particulars import Appearance, Particulars
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment, RecordQuery
from biometrics.kernel.recognition.body_marks import (
    BodyMark,
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    PhotographedMark,
    TattooClass,
)
from biometrics.people import record_query
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention

pytestmark = pytest.mark.both_databases

TIGER = PhotographedMark(
    BodyMarkKind.TATTOO,
    BodyPart.FOREARM,
    BodySide.RIGHT,
    "बाघ, tiger with crown",
    colours=(MarkColour.BLACK, MarkColour.RED),
    designs=("animal/vicious", "object"),
)
CUT = PhotographedMark(BodyMarkKind.SCAR, BodyPart.CHIN, description="a deep cut")


def names(store: RecordStore, **query: object) -> set[str]:
    return {record.person.name for record in store.people.find(RecordQuery(**query)).items}


@pytest.fixture
def asha(store: RecordStore) -> Enrolment:
    """Enrol Asha with photos of a tiger and a cut, Ravi with a snake on his form, and Sita without a mark."""
    store_person(store, Person("Ravi", particulars=WHOLE), encounter(), [])
    store_person(store, Person("Sita"), encounter(), [])
    return store_person(store, Person("Asha"), encounter(), [mark_of("tiger", TIGER), mark_of("cut", CUT)])


@pytest.fixture(params=["few", "many"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look up the records that have such a mark, and walk through all records as where many have it."""
    if request.param == "many":
        monkeypatch.setattr(record_query, "FEW", -1)
    return


QUERIES: list[tuple[dict[str, object], set[str]]] = [
    ({"mark": "tiger"}, {"Asha"}),
    ({"mark": "CROWN tigar"}, {"Asha"}),
    ({"mark": "bagh"}, {"Asha"}),
    ({"mark": "a snake"}, {"Ravi"}),
    ({"mark": "lion"}, set()),
    ({"mark_kind": BodyMarkKind.TATTOO}, {"Asha", "Ravi"}),
    ({"mark_kind": BodyMarkKind.MOLE}, set()),
    ({"body_part": BodyPart.ARM}, {"Asha", "Ravi"}),
    ({"body_part": BodyPart.ELBOW}, set()),
    ({"body_part": BodyPart.HEAD}, {"Asha"}),
    ({"body_part": BodyPart.FOREARM, "body_side": BodySide.LEFT}, {"Ravi"}),
    ({"body_part": BodyPart.NECK, "body_side": BodySide.LEFT}, {"Ravi"}),
    ({"mark_colour": MarkColour.RED}, {"Asha"}),
    ({"mark_colour": MarkColour.BLUE}, set()),
    ({"tattoo_class": TattooClass.ANIMAL}, {"Asha"}),
    ({"mark_kind": BodyMarkKind.SCAR, "mark": "tiger"}, set()),
    ({"mark_kind": BodyMarkKind.TATTOO, "body_part": BodyPart.NECK}, set()),
    ({"mark": "tiger", "name": "asha"}, {"Asha"}),
    ({"mark": "tiger", "name": "ravi"}, set()),
    ({"mark": "tiger", "station_code": "nowhere"}, set()),
    ({}, {"Asha", "Ravi", "Sita"}),
]


@pytest.mark.usefixtures("asha", "both_ways")
def test_all_conditions_hold_for_one_mark(store: RecordStore) -> None:
    for query, found in QUERIES:
        assert names(store, **query) == found, query


@pytest.mark.usefixtures("both_ways")
def test_a_list_of_people_with_a_mark_is_read_page_by_page(store: RecordStore) -> None:
    for number in range(5):
        store_person(store, Person(f"P{number}"), encounter(), [mark_of(f"photo {number}", TIGER)])
    acting, query = store.for_actor(act_of(HERE)), RecordQuery(mark="tiger")
    listed, after = [], None
    while True:
        page = acting.people.find(query, 2, after)
        listed += [record.person.name for record in page.items]
        if (after := page.after) is None:
            break
    assert listed == ["P4", "P3", "P2", "P1", "P0"]


def test_a_corrected_description_is_found_and_the_old_one_is_not(store: RecordStore) -> None:
    ravi = store_person(store, Person("Ravi", particulars=WHOLE), encounter(), [])
    lion = BodyMark(BodyMarkKind.TATTOO, BodyPart.CHEST, description="lion")
    corrected = Person("Ravi", particulars=Particulars(appearance=Appearance(marks=(lion,))))
    store.editor.correct_person(ravi.record_id, corrected, store.people.get(ravi.record_id).version)
    assert (names(store, mark="lion"), names(store, mark="snake")) == ({"Ravi"}, set())


def test_marks_of_samples_that_others_replaced_or_that_were_destroyed_find_nobody(
    store: RecordStore, asha: Enrolment
) -> None:
    replace_encounter(store, asha.record_id, asha.encounter_id, encounter(), [mark_of("rose")])
    assert (names(store, mark="tiger"), names(store, mark="rose")) == (set(), {"Asha"})
    other = store_encounter(store, asha.record_id, encounter(), [mark_of("lotus")])
    Retention(store).delete(asha.record_id, "a test", other.encounter_id)
    assert (names(store, mark="lotus"), names(store, mark="rose")) == (set(), {"Asha"})
    Retention(store).delete(asha.record_id, "a test")
    assert names(store, mark="rose") == set()
