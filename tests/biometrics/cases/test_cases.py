"""Cases in the store: asked once, taken once, seen by whom they concern, and told of in the audit log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from case_examples import (
    AGREES,
    CANDIDATE,
    COUNT,
    DRAWN,
    FOUND,
    MARKED,
    PAIR,
    PAIRS,
    RECORD,
    SEARCH,
    ask,
    at_work,
    decide,
    keep_records,
    question,
    somebody,
)
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from biometrics.cases.reader import CaseQuery
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.casework.annotations import Adjustment, ImageSetting, PairMarks, WorkingMarks
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import (
    CaseTaken,
    InvalidField,
    MarksChanged,
    NotIndependent,
    PehchanError,
    UnknownCase,
    WrongStep,
)
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.cases import case_working_marks
from biometrics.use_cases.casework.casework import Casework

IDENTIFICATION, EXCLUSION = Conclusion.IDENTIFICATION, Conclusion.EXCLUSION


@pytest.fixture
def cases(store: RecordStore) -> Casework:
    keep_records(store.database)
    return Casework(store.for_actor(somebody("a")), {})


def opened(cases: Casework, **changed: object) -> str:
    case_id = ask(cases, question(**changed), FOUND)
    assert case_id
    return case_id


def test_a_case_is_decided_by_two_and_read_back(cases: Casework) -> None:
    case_id = opened(cases)
    decide(cases, case_id, "a", IDENTIFICATION)
    decide(cases, case_id, "b", IDENTIFICATION)
    view = cases.for_actor(somebody("c")).case(case_id)
    assert (view.state, view.outcome, view.finding) == (CaseState.CLOSED, IDENTIFICATION, FOUND)
    looked_at = ("probe sample 1", "candidate sample 2")
    assert [(opinion.actor, opinion.conclusion, opinion.looked_at, opinion.pair) for opinion in view.opinions] == [
        ("a", IDENTIFICATION, looked_at, PAIR),
        ("b", IDENTIFICATION, looked_at, PAIR),
    ]
    assert view.pair == PAIR
    assert view.question == question()


def test_a_question_is_asked_once_until_it_was_left_without_an_answer(cases: Casework) -> None:
    first = opened(cases)
    assert ask(cases, question(), FOUND) is None
    assert ask(cases, question(record_id=CANDIDATE, candidate_id=RECORD), FOUND) is None
    assert opened(cases, kind=CaseKind.LATENT_HIT)
    decide(cases, first, "a", Conclusion.INCONCLUSIVE)
    second = opened(cases)
    cases.for_actor(somebody("s", Role.SUPERVISOR)).withdraw(second, "sent twice")
    third = opened(cases)
    decide(cases, third, "a", EXCLUSION)
    assert ask(cases, question(), FOUND) is None


@pytest.mark.both_databases
def test_of_many_who_take_a_case_at_once_one_has_it(cases: Casework) -> None:
    case_id = opened(cases)

    def take(number: int) -> str:
        try:
            cases.for_actor(somebody(f"e{number}")).take(case_id)
        except CaseTaken:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == ["refused"] * 7 + ["taken"]


@pytest.mark.both_databases
def test_of_two_who_decide_at_once_each_part_is_decided_once(cases: Casework) -> None:
    """Both examiners and their second windows: one opinion of each, and the others are told what happened."""
    case_id = opened(cases)

    def decided(who: str) -> str:
        try:
            cases.for_actor(somebody(who)).decide(case_id, OpinionDraft(IDENTIFICATION, "compared", *PAIR))
        except (CaseTaken, NotIndependent, WrongStep):
            return "refused"
        return who

    at_work(cases, case_id, "a")
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decided, "abab")) == ["a", "refused", "refused", "refused"]
        at_work(cases, case_id, "b")
        assert sorted(pool.map(decided, "abab")) == ["b", "refused", "refused", "refused"]
    view = cases.for_actor(somebody("c")).case(case_id)
    assert (view.state, [opinion.actor for opinion in view.opinions]) == (CaseState.CLOSED, ["a", "b"])


def test_the_database_itself_refuses_a_second_part(cases: Casework, store: RecordStore) -> None:
    case_id = opened(cases)
    cases.take(case_id)
    for part, actor in (("verifier", "a"), ("examiner", "b")):
        with pytest.raises(IntegrityError), store.database.writing() as connection:
            connection.execute(
                text("INSERT INTO case_parts (case_id, part, actor, at) VALUES (:c, :p, :a, '2026-01-01')"),
                {"c": case_id, "p": part, "a": actor},
            )


def test_a_refused_step_changes_nothing(cases: Casework) -> None:
    case_id = opened(cases)
    decide(cases, case_id, "a", IDENTIFICATION)
    before = cases.case(case_id)
    for step in (
        lambda: cases.take(case_id),
        lambda: cases.decide(case_id, OpinionDraft(EXCLUSION, "x")),
        lambda: cases.supersede(case_id, OpinionDraft(EXCLUSION, "x", because="")),
        lambda: cases.for_actor(somebody("b")).look(case_id, Side.CANDIDATE, "sample 2"),
    ):
        with pytest.raises(PehchanError):
            step()
    assert cases.case(case_id) == before
    with pytest.raises(NotIndependent):
        cases.take(case_id)


@pytest.mark.both_databases
def test_marks_at_work_are_their_authors_alone_and_one_computer_does_not_overwrite_another(
    cases: Casework, store: RecordStore
) -> None:
    case_id = opened(cases)
    mine = at_work(cases, case_id, "a")
    stored = mine.working_marks(case_id)
    assert stored.version > 0
    assert replace(stored, version=0) == MARKED
    later = mine.mark(case_id, replace(stored, pairs=(*PAIRS, PairMarks(PAIR[0], PAIRS[0].marks))))
    for stale in (0, stored.version, later.version + 1):
        with pytest.raises(MarksChanged):
            mine.mark(case_id, WorkingMarks(stale, ()))
    assert mine.working_marks(case_id) == later
    for other in (somebody("b"), somebody("s", Role.SUPERVISOR)):
        with pytest.raises(CaseTaken):
            cases.for_actor(other).working_marks(case_id)
        with pytest.raises(CaseTaken):
            cases.for_actor(other).mark(case_id, later)
    with store.database.reading() as connection:
        notes = connection.execute(select(audit_entries.c.detail).where(audit_entries.c.action == "case.mark"))
        assert set(notes.scalars()) == {"{}"}
    for refused in (PAIRS * 2, (PairMarks("sample 9", ()),), (PairMarks("", (), PAIR[1]),)):
        with pytest.raises(InvalidField):
            mine.mark(case_id, replace(later, pairs=refused))
    for wrong in (Adjustment(ImageSetting.ROTATION, 400.0), Adjustment(ImageSetting.INVERSION, 2.0)):
        with pytest.raises(InvalidField):
            mine.mark(case_id, replace(later, adjustments=(wrong,)))


def test_what_is_drawn_goes_with_the_analysis_and_the_opinion_and_lies_on_images_that_were_opened(
    cases: Casework,
) -> None:
    case_id = opened(cases)
    cases.take(case_id)
    cases.look(case_id, Side.PROBE, PAIR[0])
    cases.analyse(case_id, AnalysisDraft(True, "ulnar loop", drawings=(COUNT,)))
    for side, image in zip(Side, PAIR, strict=True):
        cases.look(case_id, side, image)
    for wrong in (
        replace(COUNT, image="sample 9"),
        replace(COUNT, path=COUNT.path[:1]),
        replace(COUNT, least=None),
        replace(COUNT, least=3),
        replace(COUNT, counted=-1),
        replace(COUNT, counted=4),  # on a line of 7.5 pixels
        replace(COUNT, most=4),
        replace(DRAWN[1], path=((-1.0, 0.0), (2.0, 2.0))),
        replace(DRAWN[1], counted=4),
    ):
        with pytest.raises(InvalidField):
            cases.decide(case_id, OpinionDraft(IDENTIFICATION, "agree", *PAIR, drawings=(wrong,)))
    view = cases.decide(
        case_id, OpinionDraft(IDENTIFICATION, "agree", *PAIR, unmarked_because="by eye", basis=AGREES, drawings=DRAWN)
    )
    assert [analysis.drawings for analysis in view.analyses] == [(COUNT,)]
    assert [opinion.drawings for opinion in view.opinions] == [DRAWN]


@pytest.mark.parametrize("how", ["decided", "released", "withdrawn"])
def test_marks_at_work_go_with_the_work(cases: Casework, store: RecordStore, how: str) -> None:
    case_id = opened(cases)
    mine = at_work(cases, case_id, "a")
    version = mine.working_marks(case_id).version
    if how == "decided":
        mine.decide(case_id, OpinionDraft(IDENTIFICATION, "agree", *PAIR))
        assert mine.working_marks(case_id) == WorkingMarks(0, ())
        mine.mark(case_id, MARKED)  # for an opinion that supersedes it, until another examiner continues
        cases.for_actor(somebody("b")).take(case_id)
        with pytest.raises(WrongStep):
            mine.mark(case_id, MARKED)
    elif how == "released":
        mine.give_back(case_id)
        mine.take(case_id)
        assert mine.mark(case_id, MARKED).version > version
        with pytest.raises(MarksChanged):
            mine.mark(case_id, WorkingMarks(version, ()))
        mine.give_back(case_id)
    else:
        cases.for_actor(somebody("s", Role.SUPERVISOR)).withdraw(case_id, "sent twice")
        with pytest.raises(WrongStep):
            mine.mark(case_id, replace(MARKED, version=version))
    with store.database.reading() as connection:
        assert connection.execute(select(case_working_marks)).all() == []


def test_a_case_elsewhere_is_unknown(cases: Casework) -> None:
    case_id = opened(cases)
    for unit in (Unit("27", "519"), Unit("27"), Unit()):
        assert cases.for_actor(somebody("e", unit=unit)).case(case_id).id == case_id
    for unit in (Unit("09"), Unit("27", "520"), Unit("27", "519", "27519005")):
        elsewhere = cases.for_actor(somebody("e", unit=unit))
        for look in (elsewhere.case, elsewhere.take):
            with pytest.raises(UnknownCase):
                look(case_id)
        assert elsewhere.find().items == ()
    for nothing in ("", "x", SEARCH):
        with pytest.raises(UnknownCase):
            cases.case(nothing)


def test_a_list_shows_a_verifier_no_more_than_a_case_does(cases: Casework) -> None:
    new, waiting = opened(cases), opened(cases, kind=CaseKind.LATENT_HIT)
    decide(cases, waiting, "a", IDENTIFICATION)
    other = cases.for_actor(somebody("b"))
    assert [view.id for view in other.find(CaseQuery(state=CaseState.WAITING)).items] == [new, waiting]
    assert other.find(CaseQuery(state=CaseState.FIRST_OPINION)).items == ()
    assert [view.id for view in cases.find(CaseQuery(state=CaseState.FIRST_OPINION)).items] == [waiting]
    other.take(waiting)
    assert [view.id for view in other.find(CaseQuery(state=CaseState.ASSIGNED, mine=True)).items] == [waiting]
    supervisor = cases.for_actor(somebody("s", Role.SUPERVISOR))
    assert supervisor.find(CaseQuery(state=CaseState.VERIFICATION)).items == ()
    assert [view.id for view in supervisor.find(CaseQuery(state=CaseState.ASSIGNED)).items] == [waiting]
    assert [view.id for view in cases.find(CaseQuery(kind=CaseKind.DUPLICATE)).items] == [new]


def test_pages_follow_each_other(cases: Casework, store: RecordStore) -> None:
    people = [f"00000000-0000-4000-8000-0000000001{number:02}" for number in range(7)]
    keep_records(store.database, *people)
    ids = [opened(cases, candidate_id=record_id) for record_id in people]
    listed, after = [], None
    while True:
        page = cases.find(limit=3, after=after)
        listed += [view.id for view in page.items]
        after = page.after
        if after is None:
            break
    assert listed == ids
    for wrong in ({"limit": 0}, {"limit": 201}, {"after": "x"}):
        with pytest.raises(InvalidField):
            cases.find(**wrong)


def test_every_step_is_one_entry_of_the_audit_log(cases: Casework, store: RecordStore) -> None:
    case_id = opened(cases)
    decide(cases, case_id, "a", IDENTIFICATION)
    with pytest.raises(NotIndependent):
        cases.take(case_id)
    with store.database.reading() as connection:
        entries = connection.execute(
            select(audit_entries.c.action, audit_entries.c.actor_id).where(audit_entries.c.subject_id == case_id)
        ).all()
    steps = ["open", "take", "analyse", "look", "look", "decide"]
    assert [tuple(entry) for entry in entries] == [(f"case.{step}", "a") for step in steps]


def test_each_case_has_a_number_of_its_unit_and_year(cases: Casework) -> None:
    """Units that share the lowest code share the sequence, so that a number names one case."""
    year = today().year
    first = opened(cases)
    assert ask(cases, question(), FOUND) is None, "the question was asked already, and took no number"
    second = opened(cases, kind=CaseKind.SEARCH_HIT)
    other = "00000000-0000-4000-8000-000000000004"
    bureau = opened(cases, kind=CaseKind.SEARCH_HIT, search_id=other, unit=Unit("27"))
    numbers = Casework(cases._records.for_actor(somebody("n", unit=Unit())), {}).numbers([first, second, bureau])
    station = question().unit.station
    assert numbers == {first: f"{station}-{year}-0001", second: f"{station}-{year}-0002", bureau: f"27-{year}-0001"}


def test_a_case_is_named_by_its_number_as_well(cases: Casework) -> None:
    case_id = opened(cases)
    number = cases.case(case_id).number
    assert cases.case(f" {number.lower()} ").id == case_id
    decide(cases, number, "a", IDENTIFICATION)
    decide(cases, number, "b", IDENTIFICATION)
    assert cases.case(number).outcome is IDENTIFICATION
    with pytest.raises(UnknownCase):
        cases.case(number.replace("-0001", "-0002"))


def test_numbers_are_shown_only_to_units_that_may_know_the_case(cases: Casework) -> None:
    case_id = opened(cases)
    stranger = Casework(cases._records.for_actor(somebody("x", unit=Unit("29"))), {})
    assert stranger.numbers([case_id]) == {}
    with pytest.raises(UnknownCase):
        stranger.case(cases.case(case_id).number)


def test_two_who_ask_at_the_same_time_get_two_numbers(cases: Casework) -> None:
    searches = [f"00000000-0000-4000-8000-0000000001{place:02}" for place in range(12)]
    with ThreadPoolExecutor(4) as threads:
        case_ids = list(
            threads.map(lambda search_id: opened(cases, kind=CaseKind.SEARCH_HIT, search_id=search_id), searches)
        )
    numbers = sorted(cases.numbers(case_ids).values())
    assert numbers == [f"27519004-{today().year}-{place:04}" for place in range(1, 13)]
