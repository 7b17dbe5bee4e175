"""What is due is destroyed by the clock only where the audit log does not contradict it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from records_examples import encounter, print_of

from biometrics.kernel.access import local_operator
from biometrics.kernel.errors import ClockImplausible
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.people import holds as visits
from biometrics.records.store import RecordStore
from biometrics.storage.audit import clock_check as clock
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CLERK = local_operator("clerk")


class Hands:
    """The hands of this machine's clock, as the audit log and the guard of retention read it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = NOW
        hands = self

        class Shown(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return hands.moment

        monkeypatch.setattr(audit, "datetime", Shown)
        monkeypatch.setattr(clock, "datetime", _reading(Shown))
        for module in (clock, visits):
            monkeypatch.setattr(module, "today", lambda: hands.moment.date())

    @property
    def today(self) -> date:
        return self.moment.date()


def _reading(shown: type[datetime]) -> Any:
    class Reading:
        now = shown.now
        fromisoformat = datetime.fromisoformat

    return Reading


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def acting(store: RecordStore, hands: Hands) -> RecordStore:
    """A store with somebody who is due to be destroyed, and a log of a month, an entry a day."""
    hands.moment = NOW - 30 * DAY
    done = store_person(store, Person("Asha Verma"), encounter(date=date(2020, 1, 1)), [print_of("a")])
    freed = Outcome(CourtEvent.DECISION, date(2021, 1, 1), "JMFC Pune", Verdict.RELEASED_WITHOUT_TRIAL)
    store.editor.add_outcome(done.encounter_id, freed)
    acting = store.for_actor(CLERK)
    while hands.moment < NOW:
        acting.note(Action.AUDIT_READ)
        hands.moment += DAY
    return acting


def run(store: RecordStore, hands: Hands, confirmed_day: date | None = None) -> int:
    return len(Retention(store).run(hands.today, confirmed_day=confirmed_day))


def warning(store: RecordStore) -> str | None:
    with store.database.reading() as connection:
        return clock.clock_warning(connection, store.database.clock_gap)


def refused(store: RecordStore, hands: Hands, why: str, confirmed_day: date | None = None) -> None:
    before = store.counts(), store.audit_length()
    with pytest.raises(ClockImplausible, match=why):
        run(store, hands, confirmed_day)
    if confirmed_day is None:  # what health checks show
        assert re.search(why, warning(store) or "")
    assert (store.counts(), store.audit_length()) == before


def test_due_encounters_are_destroyed_where_the_log_has_no_gap(acting: RecordStore, hands: Hands) -> None:
    assert run(acting, hands) == 1
    assert acting.counts().records == 0


@pytest.mark.parametrize("used", [False, True])
def test_a_clock_far_ahead_destroys_nothing(acting: RecordStore, hands: Hands, used: bool) -> None:
    """Also where people have worked by it since: their entries do not prove it right."""
    hands.moment = NOW + 3000 * DAY
    if used:
        acting.note(Action.AUDIT_READ)
        hands.moment += DAY
    refused(acting, hands, r"30\d\d days passed without an entry; 7 are plausible. Nothing was destroyed")


def test_a_clock_behind_destroys_nothing(acting: RecordStore, hands: Hands) -> None:
    hands.moment = NOW - 10 * DAY
    refused(acting, hands, "The clock went back")


def test_a_clock_that_was_ahead_for_a_while_is_implausible_until_somebody_confirms_the_date(
    acting: RecordStore, hands: Hands
) -> None:
    hands.moment = NOW + 3000 * DAY
    acting.note(Action.AUDIT_READ)
    hands.moment = NOW + DAY
    acting.note(Action.AUDIT_READ)
    refused(acting, hands, "days passed without an entry")
    refused(acting, hands, "correct the clock", confirmed_day=hands.today + DAY)
    assert run(acting, hands, confirmed_day=hands.today) == 1


def test_a_station_that_was_switched_off_goes_on_after_the_date_was_confirmed(
    acting: RecordStore, hands: Hands
) -> None:
    hands.moment = NOW + 20 * DAY
    refused(acting, hands, "days passed")
    assert run(acting, hands, confirmed_day=hands.today) == 1
    assert warning(acting) is None
    hands.moment += DAY
    assert run(acting, hands) == 0
    hands.moment += 20 * DAY
    refused(acting, hands, "days passed")


def test_the_longest_plausible_gap_is_a_setting(acting: RecordStore, hands: Hands) -> None:
    hands.moment = NOW + 20 * DAY
    acting.database.clock_gap = 30 * DAY
    assert run(acting, hands) == 1


def test_a_hold_that_is_over_by_a_clock_far_ahead_still_holds(acting: RecordStore, hands: Hands) -> None:
    record = acting.as_system("a test").people.find(RecordQuery()).items[0]
    hold = Order(OrderKind.HOLD, "JMFC Pune", "7/2026", date(2026, 1, 1), hands.today + 100 * DAY)
    Retention(acting).order(record.encounters[0].id, hold)
    hands.moment = NOW + 3000 * DAY
    with pytest.raises(ClockImplausible):
        Retention(acting).delete(record.id, "a test")
    assert acting.counts().records == 1


def test_reading_works_with_any_clock(acting: RecordStore, hands: Hands) -> None:
    hands.moment = NOW + 3000 * DAY
    assert len(acting.people.find(RecordQuery()).items) == 1
    assert Retention(acting).due(hands.today)
