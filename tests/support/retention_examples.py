"""People whose samples are due to be destroyed, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from records_examples import encounter, photo_of, print_of, search_for
from sqlalchemy import select

from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate
from biometrics.searches.model import SearchProbe
from biometrics.storage.tables.people import samples
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.destruction_check import check
from biometrics.use_cases.search.identify import store_search

FREED = Outcome(CourtEvent.DECISION, dt.date(2025, 1, 7), "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
HOLD = Order(OrderKind.HOLD, "JMFC Pune", "Order 7/2025", dt.date(2025, 2, 1))


def release_of(hold_id: str) -> Order:
    """Return an order of the same court that ends a hold."""
    return replace(HOLD, kind=OrderKind.RELEASE, hold_id=hold_id)


def arrested(store: RecordStore, name: str, *, freed: bool) -> Enrolment:
    done = store_person(store, Person(name), encounter(), [print_of(name), photo_of(name)])
    if freed:
        store.editor.add_outcome(done.encounter_id, FREED)
    return done


def search_with_file_of(store: RecordStore, name: str) -> str:
    """Store a search with the very print of somebody, and a photo of somebody else."""
    search = search_for("x")
    probes = (
        SearchProbe(print_of(name).probe, digest_of(store, name)),
        SearchProbe(photo_of("somebody else").probe, "2" * 64),
    )
    return store_search(store, replace(search, probes=probes)).id


def digest_of(store: RecordStore, name: str) -> str:
    with store.database.reading() as connection:
        query = select(samples.c.image_sha256).where(samples.c.filename == f"{name}.png")
        return connection.execute(query).scalar_one()


def problems(store: RecordStore, certificate: Certificate) -> dict[str, tuple[str, ...]]:
    return {result.what: result.problems for result in check(store, certificate) if result.problems}
