"""What a search finds that needs an order is withheld when it is refused or does not come in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from acting import act_of
from case_examples import FOUND, question
from records_examples import encounter, print_of, search_for
from sqlalchemy import select, update

from biometrics.cases.reader import CaseQuery, CaseReader
from biometrics.kernel.access import Purpose, Role, Unit
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.errors import NeedsTwoPeople, SearchUnauthorised, UnknownCase, WrongStep
from biometrics.kernel.people.authorisation import Authorisation, AuthorisationRule
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore, notify
from biometrics.records.store import RecordStore
from biometrics.searches.model import StoredSearch
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.retention import search_orders
from biometrics.storage.tables.searches import search_candidates, search_probes, searches
from biometrics.storage.tables.watchlist import notifications
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.authorise import authorise
from biometrics.use_cases.search.identify import store_search

OFFICER = replace(
    act_of("27", actor="officer"),
    purpose=Purpose.INVESTIGATION,
    case_number="7/2026",
)
UNIT = Unit("27")
SUPERVISOR = act_of("27", Role.SUPERVISOR, actor="supervisor")
ORDER = Authorisation(True, "Sessions Court, Pune", "12/2026", date(2026, 1, 1))


@pytest.fixture
def found(store: RecordStore) -> StoredSearch:
    """Return a search that needs an order, with a candidate, a case about it and a notification of that."""
    store.database.authorisation = AuthorisationRule(frozenset({Purpose.INVESTIGATION}), hours=48)
    enrolled = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    made = store_search(store.for_actor(OFFICER), search_for(enrolled.record_id))
    with store.database.writing() as connection:
        row = connection.execute(select(searches).where(searches.c.id == made.id)).one()
        assert row.authorise_until == row.created_at + timedelta(hours=48)
    return made


def visible_in(store: RecordStore, made: StoredSearch) -> set[str]:
    """Return by which ways an officer of the unit still learns what was found."""
    seen = set()
    bound = store.for_actor(OFFICER)
    record_id = made.search.candidates[0].record_id
    try:
        bound.searches.get(made.id)
        seen.add("read")
        bound.searches.image(made.id, 0)
    except SearchUnauthorised:
        pass
    (line,) = bound.searches.find().items
    if line.candidates is not None:
        seen.add("list")
    if bound.searches.mentions_of(record_id).items:
        seen.add("mentions")
    return seen


def let_time_pass(store: RecordStore, made: StoredSearch) -> None:
    with store.database.writing() as connection:
        past = made.created_at + timedelta(microseconds=1)
        connection.execute(update(searches).where(searches.c.id == made.id).values(authorise_until=past))


def test_until_the_order_it_is_seen_and_after_the_order_for_good(store: RecordStore, found: StoredSearch) -> None:
    assert visible_in(store, found) == {"read", "list", "mentions"}
    authorise(store.for_actor(SUPERVISOR), found.id, ORDER)
    with store.database.reading() as connection:
        until = connection.execute(select(searches.c.authorise_until).where(searches.c.id == found.id)).scalar()
    assert until is None
    with pytest.raises(WrongStep):
        authorise(store.for_actor(SUPERVISOR), found.id, replace(ORDER, granted=False))
    assert visible_in(store, found) == {"read", "list", "mentions"}


def test_the_order_of_a_search_with_a_destroyed_persons_print_loses_its_texts(
    store: RecordStore, found: StoredSearch
) -> None:
    authorise(store.for_actor(SUPERVISOR), found.id, ORDER)
    with store.database.writing() as connection:
        digest = connection.execute(select(samples.c.image_sha256)).scalar()
        connection.execute(update(search_probes).values(image_sha256=digest))
    Retention(store).delete(found.search.candidates[0].record_id, "7/2026")
    with store.database.reading() as connection:
        (order,) = connection.execute(select(search_orders)).all()
    assert ORDER.authority not in order


def test_a_refusal_withholds_it_at_once(store: RecordStore, found: StoredSearch) -> None:
    authorise(store.for_actor(SUPERVISOR), found.id, replace(ORDER, granted=False))
    assert visible_in(store, found) == set()


def test_who_searched_does_not_authorise_and_nobody_does_afterwards(store: RecordStore, found: StoredSearch) -> None:
    own = act_of("27", Role.SUPERVISOR, actor="officer")
    with pytest.raises(NeedsTwoPeople):
        authorise(store.for_actor(own), found.id, ORDER)
    let_time_pass(store, found)
    with pytest.raises(SearchUnauthorised):
        authorise(store.for_actor(SUPERVISOR), found.id, ORDER)


def test_without_an_order_in_time_nothing_of_it_is_visible_and_then_it_is_erased(
    store: RecordStore, found: StoredSearch
) -> None:
    about = question(
        CaseKind.SEARCH_HIT, search_id=found.id, candidate_id=found.search.candidates[0].record_id, unit=UNIT
    )
    with store.begin() as work:
        case_id = work.cases.open(about, FOUND, frozenset())
    with store.database.writing() as connection:
        notify(connection, "officer", NotificationKind.CASE_ASSIGNED, case_id)
    reader = CaseReader(store.database, OFFICER)
    assert reader.find(CaseQuery()).items
    assert NotificationStore(store.database, OFFICER).find().items
    let_time_pass(store, found)
    assert visible_in(store, found) == set()
    assert reader.find(CaseQuery()).items == ()
    with pytest.raises(UnknownCase):
        reader.case(case_id)
    assert NotificationStore(store.database, OFFICER).find().items == ()
    Retention(store).run(date(2026, 12, 3), confirmed_day=today())
    with store.database.reading() as connection:
        for table in (search_candidates, notifications):
            assert connection.execute(select(table)).all() == []
        assert connection.execute(select(cases.c.state)).scalars().all() == ["withdrawn"]
    assert visible_in(store, found) == set()
