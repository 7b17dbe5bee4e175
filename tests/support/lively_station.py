"""A station that has seen everything, for tests that move, copy, back up or lock all that there is."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

from account_examples import give_accounts
from case_examples import FOUND, ask, at_work, decide, question, somebody
from clearance_examples import certified
from lineup_examples import planted_lineup
from moves import PEOPLE
from osia_rows import give_client_data
from records_examples import WHOLE, encounter, mark_of, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import select
from standing_examples import add_standing, keep_images, read_by_another_model

from biometrics.access.units import Office
from biometrics.kernel.access import Unit, local_operator
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.encounter import MissingFinger, MissingReason
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import LinkKind
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.recognition.capture import FingerPosition, PhotoView
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.notifications.repository import NotificationStore
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage
from biometrics.storage.tables.accounts import account_makers, account_requests, saved_filters, users
from biometrics.storage.tables.cases import case_allocations
from biometrics.storage.tables.watchlist import latent_links
from biometrics.templates.models import ModelStore
from biometrics.use_cases.accounts.account_administration import set_office
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.model import Checked, StandingHit
from face.modality import FACE
from fingerprint.modality import FINGERPRINT


def see_everything(store: RecordStore) -> None:
    """Have a station see several models, removed people, numbers brought along, searches and cases."""
    people: list[str] = []
    for number in range(PEOPLE):
        person = Person(f"Asha {number}", Sex.FEMALE, 1970 + number, ("Ash", "आशा"))
        samples = [print_of(f"{number} a"), photo_of(f"{number} b"), print_of(f"{number} c", model="e" * 64)]
        enrolled = store_person(store, person, encounter(), samples)
        people.append(enrolled.record_id)
    store_search(store, search_for(enrolled.record_id))
    missing = (MissingFinger(FingerPosition.LEFT_RING, MissingReason.AMPUTATED),)
    visit = encounter(fir_number="2", missing_fingers=missing)
    later = store_encounter(store, enrolled.record_id, visit, [photo_of("later", PhotoView.LEFT_PROFILE)])
    store.editor.link(later.encounter_id, enrolled.encounter_id, LinkKind.FOLLOWS)
    store.editor.add_outcome(
        later.encounter_id, Outcome(CourtEvent.DECISION, date(2025, 1, 2), "X", Verdict.DISCHARGED)
    )
    read = store.people.get(enrolled.record_id)
    read = store.editor.correct_person(read.id, replace(read.person, birth_year=1960), read.version)
    twin = store_person(store, Person("Ashaa"), encounter(fir_number="3"), [print_of("twin")])
    store.editor.merge(read.id, read.version, twin.record_id, "same prints")
    store_person(
        store.for_request(IdempotencyKey.of("key", "Ravi")),
        Person("Ravi", national_number="2700000099", particulars=WHOLE),
        encounter(),
        [mark_of("rose")],
    )
    gone = store_person(store, Person("Gone"), encounter(), [print_of("gone"), photo_of("gone too")])
    remove_record(store, gone.record_id)
    _destroy_and_hold(store, later.encounter_id)
    give_client_data(store)
    give_accounts(store.database)
    set_office(store.for_actor(local_operator("asha")), Office(Unit("27"), "SCRB"))
    ModelStore(store.database).adopt(FACE, {"a" * 64: "sface"})
    _ask_for_a_second_person(store)
    store.for_actor(local_operator("asha")).people.get(enrolled.record_id)
    searched = store_search(store, search_for(enrolled.record_id)).id
    keep_images(store, searched, [KeptImage(0, "image/png", b"latent")])
    read_by_another_model(store, FINGERPRINT)
    Retention(store).order_of_search(searched, Order(OrderKind.HOLD, "JMFC", "2/2025", encounter().date))
    standing = add_standing(store, somebody("a"), searched)
    subscribe(store.for_actor(somebody("b")), enrolled.record_id, "bail", today())
    planted_lineup(store, enrolled.record_id, enrolled.sample_ids[0], "7/2026")
    another = add_standing(store, somebody("a"), store_search(store, search_for(enrolled.record_id)).id)
    link = {"id": str(uuid.uuid4()), "first_id": standing.id, "second_id": another.id, "score": 12.5}
    with store.database.writing() as connection:
        connection.execute(latent_links.insert().values(**link, found_at=datetime.now(UTC)))
    certified(store, searched, "a visa")
    result = Checked(hits=[StandingHit(standing.id, FOUND)])
    finish_check(store, enrolled.encounter_id, result)
    notified = NotificationStore(store.database, somebody("a"))
    notified.read(notified.find().items[0].number)
    cases = Casework(store.for_actor(somebody("a")), {})
    case_id = ask(cases, question(record_id=people[1], candidate_id=people[0]), FOUND)
    assert case_id
    decide(cases, case_id, "a", Conclusion.IDENTIFICATION)
    decide(cases, case_id, "b", Conclusion.EXCLUSION)
    alike = store_person(store, Person("Alike"), encounter(fir_number="6"), [print_of("alike")])
    asked = ask(cases, question(record_id=alike.record_id, candidate_id=people[0]), FOUND)
    assert asked
    at_work(cases, asked, "a").comment(asked, "by Friday")
    assigned = {"case_id": asked, "ordinal": 0, "examiner": "a", "assigned_by": "s", "at": datetime.now(UTC)}
    with store.database.writing() as connection:
        connection.execute(case_allocations.insert().values(assigned))
    before = store_person(store, Person("Replaced"), encounter(fir_number="4"), [print_of("before")])
    after = encounter(fir_number="5")
    replace_encounter(store, before.record_id, before.encounter_id, after, [print_of("after")])


def _ask_for_a_second_person(store: RecordStore) -> None:
    """Let a change of an account wait for a second person; let an account be made by another and have a filter."""
    now = datetime.now(UTC)
    with store.database.writing() as connection:
        first = connection.execute(select(users.c.id).order_by(users.c.id)).scalars().first()
        made = {"id": str(uuid.uuid4()), "user_id": first, "maker_id": first, "made_at": now}
        connection.execute(account_makers.insert().values(made))
        saved = {"id": str(uuid.uuid4()), "owner_id": first, "name": "Women", "conditions": {"sex": "female"}}
        connection.execute(saved_filters.insert().values(saved | {"created_at": now}))
        asked = {"id": str(uuid.uuid4()), "kind": "reset_password", "user_id": first, "content": "{}"}
        connection.execute(account_requests.insert().values(asked | {"requested_by": first, "requested_at": now}))


def _destroy_and_hold(store: RecordStore, held: str) -> None:
    """Have somebody's samples destroyed by the law, and an encounter's held by a magistrate."""
    freed = store_person(store, Person("Freed"), encounter(), [print_of("freed")])
    released = Outcome(CourtEvent.DECISION, encounter().date, "Court", Verdict.RELEASED_WITHOUT_TRIAL)
    store.editor.add_outcome(freed.encounter_id, released)
    Retention(store).run(today())
    Retention(store).order(held, Order(OrderKind.HOLD, "JMFC", "1/2025", encounter().date))
