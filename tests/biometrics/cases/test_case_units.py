"""A case belongs to the lowest unit at or above the one that asks that sees both records; others learn the outcome."""

from __future__ import annotations

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from case_examples import FOUND, ask, examine
from records_examples import encounter, print_of, search_for
from removing import remove_record
from standing_examples import add_standing

from biometrics.access.units import Office
from biometrics.accounts.model import NewUser
from biometrics.cases.reader import CaseQuery
from biometrics.cases.view import CaseView
from biometrics.kernel.access import Act, Role, Unit, local_operator
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion, Question, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import OutOfJurisdiction, PehchanError, UnknownCase
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.records.store import RecordStore
from biometrics.use_cases.accounts.account_administration import AccountAdministration, set_office
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.model import Candidate, Checked, StandingHit

OTHER_STATE = "09/101/09101001"
IMAGES = ("sample-2", "sample-1")  # of the probe and the candidate


class Stations:
    """A person of the station HERE, whom an enrolment at the station ELSEWHERE looks like."""

    def __init__(self, store: RecordStore) -> None:
        self.store = store
        set_office(
            store.for_actor(act_of("national", Role.ADMINISTRATOR)), Office(Unit.of(HERE), "Chavani", "0253 123")
        )
        self.theirs, self.first = self.enrol(HERE)
        self.asking, self.encounter = self.enrol(ELSEWHERE)
        result = Checked([Candidate(self.theirs, FOUND)])
        (self.case,) = finish_check(store, self.encounter, result)

    def enrol(self, unit: str, kind: EncounterKind = EncounterKind.ARREST) -> tuple[str, str]:
        visit = encounter(**codes(unit), kind=kind)
        done = store_person(
            self.store.for_actor(act_of(unit)), Person(f"Asha of {unit}"), visit, [print_of(f"{unit} {kind}")]
        )
        return done.record_id, done.encounter_id

    def cases(self, unit: str, role: Role = Role.EXAMINER, name: str = "") -> Casework:
        return Casework(self.store.for_actor(act_of(unit, role, name)), {})

    def read(self, unit: str) -> CaseView:
        return self.cases(unit).case(self.case)

    def examines(self, unit: str) -> bool:
        """Say whether a unit may examine the case; every way to the case says the same."""
        cases = self.cases(unit, Role.SUPERVISOR)
        listed = self.case in [case.id for case in cases.find(CaseQuery()).items]
        ways = {listed}
        for way in (cases.examined, cases.take, cases.give_back):
            try:
                way(self.case)
                ways.add(True)
            except (OutOfJurisdiction, UnknownCase):
                ways.add(False)
        assert len(ways) == 1, (unit, ways)
        return listed

    def decide(self, unit: str, *conclusions: Conclusion) -> None:
        for number, conclusion in enumerate(conclusions):
            examine(self.cases(unit, Role.EXAMINER, f"examiner {number}"), self.case, conclusion, IMAGES)

    def notifications(self, act: Act) -> list[tuple[NotificationKind, str, str | None]]:
        items = NotificationStore(self.store.database, act).find().items
        return [(notification.kind, notification.about, notification.record_id) for notification in items]


@pytest.fixture
def stations(store: RecordStore) -> Stations:
    return Stations(store)


def test_the_lowest_unit_above_that_sees_both_records_examines_and_those_above_it(stations: Stations) -> None:
    assert [stations.examines(unit) for unit in ("27", "national")] == [True, True]
    for unit in (HERE, "27/519", ELSEWHERE, "27/520", "09", OTHER_STATE):
        assert not stations.examines(unit), unit


def test_where_one_unit_has_both_records_its_own_examiners_decide(stations: Stations) -> None:
    record, visit = stations.enrol(ELSEWHERE, EncounterKind.CONVICTION)
    result = Checked([Candidate(stations.asking, FOUND)])
    (stations.case,) = finish_check(stations.store, visit, result)
    assert stations.examines(ELSEWHERE)
    assert not stations.examines(HERE)
    assert stations.read(ELSEWHERE).question.record_id == record


def test_the_asking_unit_sees_the_hit_the_contact_and_the_outcome(stations: Stations) -> None:
    def check(state: CaseState, outcome: Conclusion | None) -> None:
        for unit in (ELSEWHERE, "27/520"):
            view = stations.read(unit)
            shown = (
                view.state,
                view.outcome,
                view.part,
                view.finding,
                view.analyses,
                view.opinions,
                view.shows_candidate,
            )
            assert shown == (state, outcome, None, None, (), (), False)
            assert (view.question.candidate_id, view.question.record_id) == ("", stations.asking)
            assert view.question.encounter_id == stations.encounter
            assert view.referral
            assert view.referral.unit == Unit("27")
            assert [(contact.unit.path, contact.telephone) for contact in view.referral.contacts] == [
                (HERE, "0253 123"),
                ("27", ""),
            ]
            assert stations.theirs not in str(view)
            numbers = [view.number] if outcome is Conclusion.IDENTIFICATION else []
            for where, record in ((unit, stations.asking), (HERE, stations.theirs)):
                assert [each.number for each in stations.cases(where).identified(record)] == numbers
            with pytest.raises(OutOfJurisdiction):
                stations.cases(unit).identified(stations.theirs)

    check(CaseState.REFERRED, None)
    stations.decide("27", Conclusion.IDENTIFICATION)
    check(CaseState.REFERRED, None)
    other = stations.cases("27", Role.EXAMINER, "other")
    examine(other, stations.case, Conclusion.IDENTIFICATION, IMAGES)
    check(CaseState.CLOSED, Conclusion.IDENTIFICATION)


def test_the_unit_that_keeps_the_record_is_notified_at_the_beginning_and_at_the_end(stations: Stations) -> None:
    owner = act_of("27/519", Role.SUPERVISOR)
    case = stations.case
    assert stations.notifications(act_of(HERE)) == [(NotificationKind.CROSS_UNIT_CASE, case, stations.theirs)]
    assert (
        stations.notifications(act_of(HERE, Role.AUDITOR))
        == stations.notifications(act_of("27/520"))
        == stations.notifications(owner)
        == []
    )
    stations.decide("27", Conclusion.EXCLUSION)
    expected = [
        (NotificationKind.CROSS_UNIT_DECIDED, case, stations.theirs),
        (NotificationKind.CROSS_UNIT_CASE, case, stations.theirs),
    ]
    assert stations.notifications(act_of(HERE)) == expected
    assert stations.notifications(act_of(ELSEWHERE)) == [(NotificationKind.CASE_CLOSED, case, None)]
    view = stations.read(HERE)
    assert (view.outcome, view.question.candidate_id) == (Conclusion.EXCLUSION, stations.theirs)
    assert (view.question.record_id, view.question.encounter_id, view.finding, view.opinions) == (None, None, None, ())
    assert view.referral
    assert [contact.unit.path for contact in view.referral.contacts] == [ELSEWHERE, "27"]
    assert stations.asking not in str(view)


def test_the_notification_goes_to_the_nearest_unit_with_a_reader(store: RecordStore, stations: Stations) -> None:
    accounts = AccountAdministration(store.database, store.keys)
    for unit, role in ((HERE, Role.ADMINISTRATOR), ("27/519", Role.SUPERVISOR)):
        new = NewUser(f"user{unit[-3:]}", "X", frozenset({role}), Unit.of(unit))
        accounts.add(local_operator("root"), new, None)
    stations.decide("27", Conclusion.EXCLUSION)
    district = NotificationStore(store.database, act_of("27/519", Role.SUPERVISOR, "first"))
    (notification,) = district.find().items
    assert (notification.kind, notification.record_id) == (NotificationKind.CROSS_UNIT_DECIDED, stations.theirs)
    district.read(notification.number)
    assert NotificationStore(store.database, act_of("27/519", Role.SUPERVISOR, "second")).find().unread == 0


def test_a_notification_tells_nobody_of_the_candidate_who_may_examine_the_case(
    store: RecordStore, stations: Stations
) -> None:
    new = NewUser("chief", "X", frozenset({Role.SUPERVISOR}), Unit("27"))
    AccountAdministration(store.database, store.keys).add(local_operator("root"), new, None)
    theirs, _ = stations.enrol(HERE)
    _, probe = stations.enrol(ELSEWHERE)
    (case,) = finish_check(store, probe, Checked([Candidate(theirs, FOUND)]))

    def named_by(role: Role) -> set[str | None]:
        return {record_id for _, about, record_id in stations.notifications(act_of("27", role)) if about == case}

    assert named_by(Role.SUPERVISOR) == named_by(Role.EXAMINER) == {None}
    assert named_by(Role.STATION_OFFICER) == {theirs}
    stations.case = case
    stations.decide("27", Conclusion.EXCLUSION)
    assert named_by(Role.SUPERVISOR) == {theirs}


def test_the_right_to_examine_is_checked_at_each_access(store: RecordStore, stations: Stations) -> None:
    """Merges, moves and removed encounters give access and take it away, also from whoever holds the case."""
    editor = store.for_actor(act_of("national", Role.RECORDS_CLERK)).editor
    visit = store_encounter(store, stations.theirs, encounter(**codes(ELSEWHERE)), [])
    assert stations.examines(ELSEWHERE)
    holder = stations.cases(ELSEWHERE, name="holder")
    holder.take(stations.case)
    holder.analyse(stations.case, AnalysisDraft(True, "a loop"))
    third, _ = stations.enrol(OTHER_STATE)
    editor.move_encounter(visit.encounter_id, store.people.get(stations.theirs).version, third, "not theirs")
    assert not stations.examines(ELSEWHERE)
    for step in (
        lambda: holder.look(stations.case, Side.CANDIDATE, "sample-1"),
        lambda: holder.decide(stations.case, OpinionDraft(Conclusion.EXCLUSION, "compared")),
        lambda: holder.examined(stations.case),
    ):
        with pytest.raises(OutOfJurisdiction, match=f"examiners of 27 decide.*{HERE}"):
            step()
    assert holder.give_back(stations.case).referral
    merge = editor.merge(third, store.people.get(third).version, stations.theirs, "one person")
    assert not stations.examines("27/519")
    assert stations.examines(ELSEWHERE)  # the record is one with the encounter that was moved
    editor.undo_merge(merge.id, store.people.get(third).version, "not one person")
    assert not stations.examines(ELSEWHERE)
    assert stations.examines("27")


def test_a_holder_who_was_posted_to_a_unit_that_may_not_know_the_case_can_release_it(
    store: RecordStore, stations: Stations
) -> None:
    """It would stay with them for ever; they learn no more of it."""
    store_encounter(store, stations.theirs, encounter(**codes(ELSEWHERE)), [])
    stations.cases(ELSEWHERE, name="holder").take(stations.case)
    posted = stations.cases("99", name="holder")
    for step in (posted.case, posted.take, posted.examined):
        with pytest.raises(UnknownCase):
            step(stations.case)
    released = posted.give_back(stations.case)
    assert (released.state, released.finding, released.opinions) == (CaseState.REFERRED, None, ())
    assert (released.question.candidate_id, released.question.record_id) == ("", None)
    with pytest.raises(UnknownCase):
        posted.give_back(stations.case)
    stations.cases(ELSEWHERE, name="another").take(stations.case)


def test_a_record_that_was_merged_is_seen_as_the_one_that_it_became(store: RecordStore, stations: Stations) -> None:
    editor = store.for_actor(act_of("national", Role.RECORDS_CLERK)).editor
    second, _ = stations.enrol(OTHER_STATE)
    third, _ = stations.enrol("09/101/09101002")
    editor.merge(second, store.people.get(second).version, stations.theirs, "one person")
    editor.merge(third, store.people.get(third).version, second, "one person")
    assert stations.examines("27")
    for move in store.for_actor(act_of("national", Role.RECORDS_CLERK)).history.provenance(third).moves:
        if move.encounter_id == stations.first:
            there, _ = stations.enrol("08/090/08090001")
            editor.move_encounter(stations.first, store.people.get(third).version, there, "not theirs")
            break
    assert not stations.examines("27")
    assert stations.examines("national")


def test_of_a_removed_record_units_are_left_with_the_outcome(store: RecordStore, stations: Stations) -> None:
    stations.decide("27", Conclusion.EXCLUSION)
    remove_record(store, stations.theirs)
    view = stations.read("27")
    assert (view.state, view.outcome, view.finding, view.opinions) == (CaseState.CLOSED, Conclusion.EXCLUSION, None, ())
    assert stations.read("national").opinions


def test_every_way_to_open_a_case_follows_the_rule(store: RecordStore, stations: Stations) -> None:
    act = act_of(ELSEWHERE, Role.EXAMINER)
    searched = store_search(store.for_actor(act), search_for(stations.theirs)).id
    standing = add_standing(store, act, searched, [Candidate(stations.theirs, FOUND)])
    record, visit = stations.enrol(HERE, EncounterKind.CONVICTION)
    result = Checked(hits=[StandingHit(standing.id, FOUND)])
    finish_check(store, visit, result)
    again = store_search(store.for_actor(act), search_for(stations.theirs)).id
    question = Question(CaseKind.LATENT_HIT, stations.theirs, search_id=again, unit=act.actor.unit, owner=act.actor.id)
    ask(Casework(store.for_actor(act), {}), question, FOUND)
    missing, missed = stations.enrol(HERE, EncounterKind.MISSING)
    seen, sighted = stations.enrol(ELSEWHERE, EncounterKind.WANTED)
    finish_check(store, sighted, Checked([Candidate(missing, FOUND)]))
    opened = [case.id for case in stations.cases("27").find(CaseQuery()).items]
    assert len(opened) == 5
    for case_id in opened:
        stations.case = case_id
        assert not stations.examines(ELSEWHERE)
        assert not stations.examines(HERE)
        view = stations.read(ELSEWHERE)
        assert not {stations.theirs, record, missing} & {view.question.candidate_id, view.question.encounter_id}
    about = [(kind, case_id) for kind, case_id, _ in stations.notifications(act_of(HERE))]
    assert {case_id for kind, case_id in about if kind is NotificationKind.CROSS_UNIT_CASE} == set(opened)
    notifications = stations.notifications(act)
    assert {kind for kind, _, _ in notifications} == {NotificationKind.STANDING_HIT}
    assert {record_id for _, _, record_id in notifications} == {None}
    assert missed
    assert seen


def test_a_refused_step_of_another_unit_changes_nothing(stations: Stations) -> None:
    before = stations.read("27")
    for unit in (HERE, ELSEWHERE):
        mine = stations.cases(unit, Role.SUPERVISOR)
        for step in (
            lambda mine=mine: mine.take(stations.case),
            lambda mine=mine: mine.analyse(stations.case, AnalysisDraft(True, "x")),
            lambda mine=mine: mine.look(stations.case, Side.PROBE, "sample-2"),
            lambda mine=mine: mine.decide(stations.case, OpinionDraft(Conclusion.EXCLUSION, "x")),
            lambda mine=mine: mine.supersede(stations.case, OpinionDraft(Conclusion.EXCLUSION, "x", because="x")),
            lambda mine=mine: mine.withdraw(stations.case, "x"),
        ):
            with pytest.raises(PehchanError) as refused:
                step()
            assert refused.type is OutOfJurisdiction
            assert stations.theirs not in refused.value.message
            assert stations.asking not in refused.value.message
    assert stations.read("27") == before
