"""What a unit may not do to, or learn of, another unit's encounters and people through a record that both have seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from case_examples import FOUND
from records_examples import encounter, print_of, search_for

from biometrics.access.units import Office, UnitStore
from biometrics.accounts.model import NewUser
from biometrics.audit.reader import AuditLog, EntryQuery
from biometrics.kernel.access import Act, Role, Unit, local_operator
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction, UnknownAccount, UnknownCase
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment, LinkKind, RecordQuery
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore
from biometrics.use_cases.accounts.account_administration import AccountAdministration, set_office
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.model import Candidate, Checked

DAY = dt.date(2025, 1, 7)
CONVICTED = Outcome(CourtEvent.DECISION, DAY, "Sessions Court", Verdict.CONVICTED)
HOLD = Order(OrderKind.HOLD, "JMFC Pune", "Crl. M.A. 12/2025", DAY)


def enrolled(store: RecordStore, unit: str, name: str = "Asha") -> Enrolment:
    return store_person(store, Person(name), encounter(**codes(unit)), [print_of(f"{unit} {name}")])


def shared(store: RecordStore) -> tuple[str, str, str]:
    here = enrolled(store, HERE)
    there = store_encounter(store, here.record_id, encounter(**codes(ELSEWHERE)), [])
    return here.record_id, here.encounter_id, there.encounter_id


@pytest.mark.parametrize("kind", OrderKind)
def test_no_order_is_entered_about_an_encounter_that_another_unit_made(store: RecordStore, kind: OrderKind) -> None:
    """An order to destroy would be carried out by the unit itself, and a release would end its magistrate's hold."""
    record_id, here, there = shared(store)
    own = Retention(store.for_actor(act_of(HERE, Role.SUPERVISOR)))
    hold_id = own.order(here, HOLD)
    before = store.people.get(record_id)
    other = Retention(store.for_actor(act_of(ELSEWHERE, Role.SUPERVISOR)))
    with pytest.raises(OutOfJurisdiction, match=HERE):
        other.order(here, replace(HOLD, kind=kind, hold_id=hold_id if kind is OrderKind.RELEASE else None))
    assert store.people.get(record_id) == before
    (held, _) = sorted(own.clocks_of(record_id, DAY), key=lambda clock: clock.encounter_id != here)
    assert held.holds
    assert held.rule.id == "collected"
    other.order(there, HOLD)
    release = replace(HOLD, kind=OrderKind.RELEASE, hold_id=hold_id)
    Retention(store.for_actor(act_of("27", Role.SUPERVISOR))).order(here, release)


def test_no_outcome_is_entered_or_withdrawn_of_an_encounter_that_another_unit_made(store: RecordStore) -> None:
    """An acquittal would make its samples due for destruction."""
    record_id, here, there = shared(store)
    own, other = (store.for_actor(act_of(unit, Role.RECORDS_CLERK)).editor for unit in (HERE, ELSEWHERE))
    stored = own.add_outcome(here, CONVICTED)
    before = store.people.get(record_id)
    for change in (
        lambda: other.add_outcome(here, replace(CONVICTED, verdict=Verdict.ACQUITTED)),
        lambda: other.withdraw_outcome(here, stored.id, "mistake"),
    ):
        with pytest.raises(OutOfJurisdiction, match=HERE):
            change()
    assert store.people.get(record_id) == before
    other.add_outcome(there, CONVICTED)
    own.withdraw_outcome(here, stored.id, "mistake")


def test_an_undone_merge_names_nobody_of_another_unit(store: RecordStore) -> None:
    first = enrolled(store, HERE)
    second = enrolled(store, ELSEWHERE, "Hidden Person")
    above = store.for_actor(act_of("27", Role.RECORDS_CLERK)).editor
    merge = above.merge(first.record_id, 1, second.record_id, "Hidden Person is Asha")
    above.undo_merge(merge.id, store.people.get(first.record_id).version, "Hidden Person is not")
    own = store.for_actor(act_of(HERE)).history
    shown = own.provenance(first.record_id)
    assert [(entry.survivor_id, entry.merged_id, entry.merged_number) for entry in shown.merges] == [
        (first.record_id, "", "")
    ]
    assert {move.from_id for move in shown.moves} | {move.to_id for move in shown.moves} == {first.record_id, ""}
    versions = own.of_person(first.record_id)
    assert [version.person.name for version in versions] == ["Asha", "Asha"]
    text = f"{shown} {versions}"
    for secret in (second.record_id, second.national_number, "Hidden"):
        assert secret not in text
    every = store.for_actor(act_of("27")).history
    assert every.provenance(first.record_id).merges[0].merged_number == second.national_number
    assert every.of_person(first.record_id)[1].person.aliases == ("Hidden Person",)


def test_a_move_does_not_name_the_record_of_another_unit(store: RecordStore) -> None:
    record_id, _, there = shared(store)
    third = enrolled(store, ELSEWHERE, "Hidden Person").record_id
    above = store.for_actor(act_of("27", Role.RECORDS_CLERK)).editor
    above.move_encounter(there, store.people.get(record_id).version, third, "it was Hidden Person")
    (move,) = store.for_actor(act_of(HERE)).history.provenance(record_id).moves
    assert (move.from_id, move.to_id, move.reason) == (record_id, "", "")
    (move,) = store.for_actor(act_of(ELSEWHERE)).history.provenance(third).moves
    assert (move.from_id, move.to_id, move.reason) == ("", third, "")


def posted(role: Role, unit: str) -> Act:
    """Return the act of one and the same person, who is posted to a unit."""
    return act_of(unit, role, "posted")


def test_a_repeated_request_shows_nothing_of_the_unit_where_one_was_before(store: RecordStore) -> None:
    done = enrolled(store, HERE)
    other = enrolled(store, HERE, "other")
    key = IdempotencyKey("k", "d")

    def clerk(unit: str, key: IdempotencyKey) -> RecordStore:
        return store.for_actor(posted(Role.RECORDS_CLERK, unit)).for_request(key)

    def version(record_id: str) -> int:
        return store.people.get(record_id).version

    outcome = replace(key, key="outcome")
    link, move, merge = (replace(key, key=name) for name in ("link", "move", "merge"))
    delete = replace(key, key="delete")
    requests: list[tuple[IdempotencyKey, Callable[[RecordStore], object]]] = [
        (outcome, lambda mine: mine.editor.add_outcome(done.encounter_id, CONVICTED)),
        (link, lambda mine: mine.editor.link(done.encounter_id, other.encounter_id, LinkKind.SAME_CASE)),
        (
            merge,
            lambda mine: mine.editor.merge(done.record_id, version(done.record_id), other.record_id, "one", None),
        ),
        (
            move,
            lambda mine: mine.editor.move_encounter(
                other.encounter_id, version(done.record_id), enrolled(store, HERE, "third").record_id, "not one"
            ),
        ),
        (delete, lambda mine: Retention(mine).delete(done.record_id, "asked for", done.encounter_id)),
    ]
    for request_key, request in requests:
        first = request(clerk(HERE, request_key))
        assert request(clerk(HERE, request_key)) == first
        if request_key is not delete:
            with pytest.raises(OutOfJurisdiction):
                request(clerk(ELSEWHERE, request_key))
    with pytest.raises(OutOfJurisdiction):
        requests[-1][1](clerk(ELSEWHERE, delete))


def test_a_repeated_request_shows_no_account_of_the_unit_where_one_was_before(store: RecordStore) -> None:
    accounts = AccountAdministration(store.database, store.keys)
    new = NewUser("r.patil", "R. Patil", frozenset({Role.STATION_OFFICER, Role.EXAMINER}), Unit.of(HERE))
    accounts.add(local_operator("root"), new, None)
    request, fewer = accounts.for_request(IdempotencyKey("account", "d")), frozenset({Role.STATION_OFFICER})
    changed = request.change_rights(posted(Role.ADMINISTRATOR, "27/519"), new.login, fewer, None)
    assert changed.roles == fewer
    assert request.change_rights(posted(Role.ADMINISTRATOR, "27/519"), new.login, fewer, None) == changed
    with pytest.raises(UnknownAccount):
        request.change_rights(posted(Role.ADMINISTRATOR, "27/520"), new.login, fewer, None)


def test_units_whose_codes_differ_in_case_are_two_units(store: RecordStore) -> None:
    """SQLite's LIKE takes one for the other."""
    for unit in ("27/AB/1", "27/ab/1", "27/a_/1"):
        store.for_actor(act_of(unit)).people.find(RecordQuery())
        set_office(store.for_actor(act_of(unit)), Office(Unit.of(unit), unit))
    log = AuditLog(store.database, store.keys, "station")
    entries = log.find(act_of("27/ab", Role.AUDITOR), EntryQuery()).items
    assert {entry.unit for entry in entries} == {"27/ab/1"}
    assert [office.unit.path for office in UnitStore(store.database).listed(Unit("27", "ab"))] == ["27/ab/1"]


def test_a_number_tells_no_auditor_who_was_withheld_from_a_search(store: RecordStore) -> None:
    there, here = enrolled(store, ELSEWHERE), enrolled(store, HERE)
    for done in (there, here):
        store_search(store.for_actor(act_of(HERE)), search_for(done.record_id))
    log = AuditLog(store.database, store.keys, "station")

    def entries_of(unit: str, person: str) -> int:
        entries = log.find(act_of(unit, Role.AUDITOR), EntryQuery(person=person, action="search.make")).items
        return len(entries)

    for number in (there.national_number, "2799999999"):  # as of a number that nobody has
        with pytest.raises(InvalidField):
            entries_of(HERE, number)
    assert (
        entries_of(HERE, there.record_id)
        == entries_of(HERE, here.national_number)
        == entries_of("27", there.national_number)
        == 1
    )


def test_what_names_a_case_that_one_may_not_know_is_answered_as_if_there_were_none(store: RecordStore) -> None:
    """Numbers of cases can be guessed: an answer must not tell which there are, and not the case's id."""
    theirs, own = enrolled(store, HERE), enrolled(store, HERE, "again")
    (case_id,) = finish_check(store, own.encounter_id, Checked([Candidate(theirs.record_id, FOUND)]))
    number = Casework(store.for_actor(act_of("27", Role.EXAMINER)), {}).case(case_id).number
    outside = Casework(store.for_actor(act_of("28", Role.EXAMINER)), {})
    messages = []
    for name in (number, case_id, "27519004-2026-9999", "x"):
        for request in (outside.case, outside.take, outside.examined):
            with pytest.raises(UnknownCase) as refused:
                request(name)
            messages.append(str(refused.value))
    assert len(set(messages)) == 1
