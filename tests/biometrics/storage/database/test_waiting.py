"""Two transactions on PostgreSQL that write some of the same rows: one waits for the other, and never both."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace
from uuid import uuid4

import pytest
from account_examples import OPERATOR, administration, give_accounts
from acting import HERE, act_of
from case_examples import BUREAU, NOON, STATION, somebody
from lineup_examples import ready_lineup
from meetings import meet
from records_examples import encounter, print_of, search_for
from removing import remove_record
from sqlalchemy import Connection, select, update
from standing_examples import add_standing, keep_images

from biometrics.accounts.api_keys import ApiKeyReader
from biometrics.accounts.repository import AccountRepository
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import UnknownRecord, WrongStep
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import today
from biometrics.lineups.model import InstructionLanguage, NewViewing
from biometrics.lineups.repository import LineupRepository
from biometrics.notifications.model import NotificationKind
from biometrics.records import enrolment_checks
from biometrics.records.enrolment_checks import CheckRepository
from biometrics.records.store import RecordStore
from biometrics.retention import erasure
from biometrics.searches.model import KeptImage
from biometrics.storage.audit.log import Action
from biometrics.storage.database.locks import hold_unlocked
from biometrics.storage.tables.templates import templates, unreadable_templates
from biometrics.storage.tables.watchlist import search_images, standing_searches
from biometrics.subscriptions import rows as subscriptions
from biometrics.use_cases.casework.lineup import close_lineup, end_viewing
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search

# SQLite has one write lock.
pytestmark = [pytest.mark.both_databases, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]


def tomorrow() -> date:
    return today() + timedelta(days=1)


def enrolled(store: RecordStore) -> str:
    return store_person(store, Person("Asha"), encounter(), [print_of(str(uuid4()))]).record_id


def subscribed(store: RecordStore, record_id: str, unit: Unit = BUREAU) -> None:
    subscribe(store.for_actor(somebody(f"of {unit.path}", Role.SUPERVISOR, unit)), record_id, "bail", tomorrow())


def tell(store: RecordStore, *record_ids: str) -> None:
    """Notify the subscribers of some people, as a search does that found them."""
    with store.database.writing() as connection:
        found = NotificationKind.PERSON_FOUND
        subscriptions.notify_subscribers(connection, found, record_ids, str(uuid4()), STATION, "another")


def test_subscribers_are_notified_of_one_person_and_of_several_at_once(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted(enrolled(store) for _ in range(2))
    for record_id in (first, second):
        subscribed(store, record_id)
    at = (subscriptions, "reading_units")
    meet(store, monkeypatch, at, partial(tell, store, second), partial(tell, store, first, second))


def test_subscribers_are_notified_of_a_person_who_is_removed(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = enrolled(store)
    for unit in (STATION, BUREAU):  # those of the higher unit are changed first, and removed last
        subscribed(store, record_id, unit)
    at = (subscriptions, "reading_units")
    meet(store, monkeypatch, at, partial(tell, store, record_id), partial(remove_record, store, record_id))


def test_standing_searches_expire_while_one_of_them_is_withdrawn(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = somebody("owner")
    ids = [add_standing(store, owner, store_search(store.for_actor(owner), search_for("x")).id).id for _ in range(2)]
    with store.database.writing() as connection:
        connection.execute(update(standing_searches).values(expires_on=date(2020, 1, 1)))

    def expire() -> None:
        with store.begin() as work:
            assert work.checks.end_expired() == len(ids)

    def withdraw() -> None:
        with store.database.writing() as connection:
            free = [row.id for row in hold_unlocked(connection, select(standing_searches.c.id))]
        with suppress(WrongStep):  # it expired meanwhile
            end_standing_search(store.for_actor(owner), (free or ids)[0], "solved")

    meet(store, monkeypatch, (enrolment_checks, "end_standing"), expire, withdraw)


@pytest.mark.parametrize("use", ["recognise", "revoke"])
def test_a_key_is_used_or_revoked_while_its_account_is_disabled(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch, use: str
) -> None:
    give_accounts(store.database)
    accounts, keys = administration(store.database), ApiKeyReader(store.database)

    def use_key() -> None:
        if use == "recognise":
            assert keys.recognise("f" * 64)
        else:
            accounts.revoke_key(OPERATOR, "pehchan_x")

    at = (AccountRepository, "_check_administered")
    meet(store, monkeypatch, at, lambda: accounts.disable(OPERATOR, "robot"), use_key)


def test_a_lineup_is_closed_while_its_viewing_ends(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ready_lineup(store, enrolled(store), 1, "text")
    maker, operator = (store.for_actor(act_of(HERE, Role.STATION_OFFICER, name)) for name in ("maker", "operator"))
    with operator.begin() as work:
        subject = work.lineups.start(made, NewViewing("Asha", "nobody else", InstructionLanguage.EN, True)).subject
        work.audit(Action.LINEUP_STARTED, subject)

    def end() -> None:
        with suppress(WrongStep):  # it was closed meanwhile
            end_viewing(operator, made, 1, "the witness left")

    meet(store, monkeypatch, (LineupRepository, "_end"), lambda: close_lineup(maker, made, "solved"), end)


def test_checks_of_a_person_who_is_destroyed_are_put_off(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["", ""]
    while ids == sorted(ids):  # until they are removed in another order than that of their ids
        done = store_person(store, Person("Asha"), encounter(), [print_of(str(uuid4()))])
        record_id = done.record_id
        ids = [done.encounter_id, store_encounter(store, record_id, encounter(), [print_of("b")]).encounter_id]

    def put_off() -> None:
        with store.begin() as work:
            for each in sorted(ids):
                work.checks.put_off(each)

    meet(store, monkeypatch, (CheckRepository, "put_off"), put_off, partial(remove_record, store, record_id))


def test_templates_become_readable_again_while_they_are_removed(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = enrolled(store)
    with store.database.writing() as connection:
        ids = connection.execute(select(templates.c.id)).scalars().all()
        connection.execute(unreadable_templates.insert(), [{"template_id": i, "found_at": NOON} for i in ids])

    at = (erasure, "advance")  # the change counter is held by then
    meet(store, monkeypatch, at, partial(remove_record, store, record_id), store.templates.recheck)


def test_a_unit_subscribes_to_a_person_who_is_removed(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    record_id = enrolled(store)

    def subscribe_late() -> None:
        with pytest.raises(UnknownRecord):
            subscribed(store, record_id)

    meet(store, monkeypatch, (erasure, "advance"), partial(remove_record, store, record_id), subscribe_late)


def test_files_of_a_search_are_kept_longer_while_they_are_destroyed(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_id = store_search(store, search_for("x")).id
    keep_images(store, search_id, [KeptImage(ordinal, "image/png", b"x") for ordinal in range(2)])

    def change(connection: Connection, ordinal: int) -> None:
        its = (search_images.c.search_id == search_id, search_images.c.ordinal == ordinal)
        connection.execute(update(search_images).where(*its).values(keep_until=today()))

    destruction = SimpleNamespace(change=change)

    def destroy() -> None:
        with store.database.writing() as connection:
            store.keys.hold(connection, search_id)  # alone: so it changes the files in any order
            for ordinal in (1, 0):
                destruction.change(connection, ordinal)

    meet(store, monkeypatch, (destruction, "change"), destroy, partial(keep_images, store, search_id, (), tomorrow()))
