"""The files of probes are kept as long as their purpose allows, and seen by whoever may see the search."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from acting import ELSEWHERE, HERE, act_of
from case_examples import FOUND, ask, question, somebody
from records_examples import encounter, print_of, search_for
from sqlalchemy import select, update
from standing_examples import add_standing

from biometrics.kernel.access import Purpose
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.errors import ExpungementRefused, OutOfJurisdiction
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.probe_keeping import ProbeKeeping
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage, SearchProbe
from biometrics.storage.audit.log import Action
from biometrics.storage.tables import cases as tables
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.watchlist import search_images
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.destruction_check import check
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search

OFFICER = act_of(HERE)
FILES = [KeptImage(0, "image/png", b"a print"), KeptImage(1, "image/png", b"a photo")]


def tomorrow() -> dt.date:
    return today() + timedelta(days=1)


def searched(store: RecordStore, keep_until: dt.date | None = None) -> str:
    search = search_for(store_person(store, Person("Asha"), encounter(), [print_of("Asha")]).record_id)
    digests = [sha256(image.content).hexdigest() for image in FILES]
    probes = [SearchProbe(one.probe, digest) for one, digest in zip(search.probes, digests, strict=False)]
    return store_search(
        store.for_actor(OFFICER),
        replace(search, probes=tuple(probes)),
        None,
        FILES[: len(probes)],
        keep_until or tomorrow(),
    ).id


def kept(store: RecordStore, search_id: str) -> list[KeptImage]:
    return [image for image in (store.searches.image(search_id, number) for number in range(2)) if image]


def order(kind: OrderKind, hold_id: str | None = None) -> Order:
    return Order(kind, "JMFC Pune", "7/2026", today(), hold_id=hold_id)


def test_the_purpose_says_how_long_the_files_of_a_search_are_kept() -> None:
    keeping, day = ProbeKeeping(75, 3), dt.date(2024, 2, 29)
    assert keeping.until(Purpose.INVESTIGATION, day) == dt.date(2099, 3, 1)
    assert keeping.until(Purpose.CUSTODY, day) == dt.date(2024, 3, 3)
    assert keeping.until(Purpose.CUSTODY, day, is_latent=True) == dt.date(2099, 3, 1)
    assert keeping.until(Purpose.INVESTIGATION, day, is_matched=False) == dt.date(2024, 3, 30)  # a stranger's
    assert keeping.until(Purpose.INVESTIGATION, day, is_matched=False, is_latent=True) == dt.date(2099, 3, 1)
    assert keeping.until(Purpose.UNIDENTIFIED_BODY, day, is_matched=False) == dt.date(2099, 3, 1)
    assert ProbeKeeping(check_days=0).until(Purpose.ARREST, day) is None


@pytest.mark.both_databases
def test_files_come_back_to_their_unit_and_the_log_says_who_looked(store: RecordStore) -> None:
    search_id = searched(store)
    colleague = store.for_actor(act_of(HERE, actor="colleague"))
    assert colleague.searches.image(search_id, 0) == FILES[0]
    assert [(image.sha256, image.keep_until) for image in colleague.searches.get(search_id).images] == [
        (sha256(image.content).hexdigest(), tomorrow()) for image in FILES
    ]
    elsewhere = store.for_actor(act_of(ELSEWHERE, actor="elsewhere"))
    with pytest.raises(OutOfJurisdiction):
        elsewhere.searches.image(search_id, 0)
    with store.database.reading() as connection:
        query = select(audit_entries.c.actor_id).where(audit_entries.c.action == Action.PROBE_IMAGE_VIEWED)
        assert connection.execute(query.where(audit_entries.c.subject_id == search_id)).scalars().all() == ["colleague"]


@pytest.mark.both_databases
def test_what_is_due_is_destroyed_with_a_certificate_and_the_search_stays(store: RecordStore) -> None:
    search_id, later = searched(store), searched(store, tomorrow() + timedelta(days=1))
    with store.database.reading() as connection:
        query = select(search_images.c.image_name).where(search_images.c.search_id == search_id)
        names = connection.execute(query).scalars().all()
    retention, before = Retention(store), store.searches.get(search_id)
    assert all(map(store.images.holds, names))
    assert store.sweep(timedelta()) == 0
    assert [timed.search_id for timed in retention.due_page(tomorrow(), 10).items] == [search_id]
    assert retention.run(today()) == []
    [certificate] = retention.run(tomorrow())
    assert [finding.problems for finding in check(store, certificate)] == [()] * len(check(store, certificate))
    assert certificate.content["files"] == sorted(names)
    assert (kept(store, search_id), kept(store, later)) == ([], FILES)
    assert not any(map(store.images.holds, names))
    assert store.searches.get(search_id).search == before.search
    assert retention.run(tomorrow()) == []


@pytest.mark.parametrize("keeper", ["hold", "standing"])
def test_what_a_court_holds_or_a_standing_search_needs_is_kept(store: RecordStore, keeper: str) -> None:
    search_id, retention = searched(store), Retention(store)
    if keeper == "hold":
        holds = [retention.order_of_search(search_id, order(OrderKind.HOLD)) for _ in range(2)]
    else:
        standing = add_standing(store, OFFICER, search_id)
    assert retention.run(tomorrow()) == []
    assert kept(store, search_id) == FILES
    if keeper == "hold":
        retention.order_of_search(search_id, order(OrderKind.RELEASE, holds[0]))
        assert retention.run(tomorrow()) == []
        retention.order_of_search(search_id, order(OrderKind.RELEASE, holds[1]))
    else:
        end_standing_search(store.for_actor(OFFICER), standing.id, "solved")
    assert len(retention.run(tomorrow())) == 1
    assert kept(store, search_id) == []


def test_a_court_can_order_the_files_destroyed_at_once(store: RecordStore) -> None:
    search_id, retention = searched(store, dt.date(2099, 1, 1)), Retention(store)
    with pytest.raises(ExpungementRefused):
        retention.order_of_search(search_id, order(OrderKind.RELEASE, "none"))
    retention.order_of_search(search_id, order(OrderKind.DESTROY))
    [certificate] = retention.run(today())
    assert certificate.content["searches"][0]["rule"] == "destruction_ordered"
    assert kept(store, search_id) == []
    with pytest.raises(ExpungementRefused):
        retention.order_of_search(search_id, order(OrderKind.HOLD))


@pytest.mark.parametrize("kind", ["identified", "of its FIR", "held", "a latent", "not identified"])
def test_files_that_examiners_identified_as_a_destroyed_persons_go_with_the_record(
    store: RecordStore, kind: str
) -> None:
    search_id, cases = searched(store), Casework(store.for_actor(somebody("a")), {})
    candidate = store.searches.get(search_id).search.candidates[0].record_id
    case_id = ask(cases, question(CaseKind.SEARCH_HIT, search_id=search_id, candidate_id=candidate), FOUND)
    outcome = "exclusion" if kind == "not identified" else "identification"
    with store.database.writing() as connection:
        closed = update(tables.cases).where(tables.cases.c.id == case_id)
        connection.execute(closed.values(state="closed", outcome=outcome))
        if kind == "a latent":
            settings = dict(store.searches.get(search_id).search.settings) | {"is_latent": True}
            connection.execute(update(searches).where(searches.c.id == search_id).values(settings=settings))
    if kind == "held":
        Retention(store).order_of_search(search_id, order(OrderKind.HOLD))
    visit = None  # all of the record
    if kind == "of its FIR":
        visit = store_encounter(store, candidate, encounter(fir_number="FIR No. 123 of 2024"), []).encounter_id
    certificate = Retention(store).delete(candidate, "enrolled by mistake", visit)
    assert certificate is not None
    goes = kind in ("identified", "of its FIR")
    assert [each["search"] for each in certificate.content["searches"]] == [search_id] * goes
    assert kept(store, search_id) == ([] if goes else FILES)
