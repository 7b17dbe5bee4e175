"""Unsolved latents are compared with each other: what is linked, who sees it, and what becomes of a link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from acting import ELSEWHERE, HERE, act_of
from case_examples import GROUNDS
from inputs import print_of
from records_examples import encounter
from sqlalchemy import delete, select

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.cases.reader import CaseQuery
from biometrics.kernel.access import Act, Role
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import Conflict, HiddenUntilDecided, OutOfJurisdiction, UnknownLink, UnknownStandingSearch
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.storage.tables.searches import search_probes
from biometrics.storage.tables.watchlist import latent_links, link_checks, standing_searches
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.examine import images_of, open_image, open_link_case
from biometrics.use_cases.casework.settle_cases import settle
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.check_enrolment import work_off
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search import link_latents
from biometrics.use_cases.search.identify import SearchRequest
from biometrics.use_cases.search.link_latents import work_off_links
from biometrics.use_cases.search.standing_search import NewStandingSearch, add_standing_search, end_standing_search
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.link_rows import request_link_checks
from biometrics.watchlist.links import LinkReader, UnsolvedLatent
from biometrics.watchlist.model import StandingKind
from fingerprint.modality import FINGERPRINT


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    with open_engine(Settings(data_folder=tmp_path, database_url=database_url, _env_file=None)) as opened:
        yield opened.as_system("a test")


def latent_of(engine: Engine, person: int, impression: int, fir_number: str, unit: str = HERE) -> NewStandingSearch:
    """Make the standing search of a unit for a print of a scene, as for a finger of its own offence."""
    content = print_of(person, "right_thumb", impression)
    act = replace(act_of(unit), case_number=fir_number)
    sample = Sample(FINGERPRINT, content, "scene.png", FingerPosition.UNKNOWN)
    return add_standing_search(engine.for_actor(act), SearchRequest([sample]), StandingKind.LATENT)


def links(engine: Engine, act: Act | str = HERE) -> LinkReader:
    return LinkReader(engine.store.database, act_of(act) if isinstance(act, str) else act)


def cases(engine: Engine, unit: str, role: Role = Role.EXAMINER, name: str = "") -> Casework:
    by_model = engine.by_model
    return Casework(engine.store.for_actor(act_of(unit, role, name)), by_model)


def own(engine: Engine, unit: str = HERE) -> dict[str, UnsolvedLatent]:
    """Return a unit's unsolved latents by their FIR."""
    return {latent.fir_number: latent for latent in links(engine, unit).find().items}


def linked(engine: Engine, elsewhere: str = HERE) -> tuple[NewStandingSearch, NewStandingSearch]:
    """Make two latents of one finger and one of another, the second at a unit, and have them compared."""
    first = latent_of(engine, 0, 1, "1/2026")
    second = latent_of(engine, 0, 2, "2/2026", elsewhere)
    latent_of(engine, 3, 1, "3/2026")
    work_off_links(engine)
    return first, second


def opened(engine: Engine, unit: str) -> str:
    """Open the case about the link of the first latent on behalf of an officer of a unit."""
    latent = own(engine)["1/2026"]
    act = act_of(unit, Role.EXAMINER, "opener")
    return open_link_case(engine.for_actor(act), latent.standing.id, latent.links[0].id).id


def decide(engine: Engine, case_id: str, unit: str, conclusion: Conclusion = Conclusion.IDENTIFICATION) -> None:
    for name in ("a", "b")[: 2 if conclusion is Conclusion.IDENTIFICATION else 1]:
        mine = cases(engine, unit, name=name)
        mine.take(case_id)
        store = engine.store.for_actor(act_of(unit, Role.EXAMINER, name))
        [probe] = [image.name for image in images_of(store, mine.examined(case_id)) if image.side is Side.PROBE]
        open_image(store, mine, case_id, probe)
        mine.analyse(case_id, AnalysisDraft(True, "ulnar loop"))
        shown = images_of(store, mine.examined(case_id))
        [candidate] = [image.name for image in shown if image.side is Side.CANDIDATE]
        for image in (probe, candidate):
            open_image(store, mine, case_id, image)
        mine.decide(
            case_id,
            OpinionDraft(
                conclusion, "compared", probe, candidate, unmarked_because="a test", basis=GROUNDS[conclusion]
            ),
        )


def test_two_latents_of_one_finger_are_linked_and_strangers_are_not(engine: Engine) -> None:
    first, second = linked(engine)
    found = own(engine)
    assert [link.other.fir_number for link in found["1/2026"].links] == ["2/2026"]
    assert [link.other.standing_id for link in found["2/2026"].links] == [first.standing.id]
    assert found["3/2026"].links == ()
    assert found["1/2026"].links[0].decibans is None  # a list informs no examiner
    assert [latent.fir_number for latent in links(engine).find(linked=True).items] == ["1/2026", "2/2026"]
    assert [latent.fir_number for latent in links(engine).find("FIR 2/2026").items] == ["2/2026"]
    [link] = links(engine).scored(second.standing.id).links
    assert link.decibans is not None
    assert link.decibans > link_latents.least_decibans(3)
    received = NotificationStore(engine.store.database, act_of(HERE)).find().items
    assert [each.standing_number for each in received if each.kind is NotificationKind.LINK_FOUND] == [1]


def test_a_link_states_no_score_of_another_units_latent(engine: Engine) -> None:
    first, _ = linked(engine, ELSEWHERE)
    [link] = links(engine).scored(first.standing.id).links
    assert (link.other.standing_id, link.decibans) == (None, None)
    [link] = links(engine, "27").scored(first.standing.id).links
    assert link.decibans is not None


@pytest.mark.slow
def test_latents_of_one_offence_or_of_one_file_are_not_linked(engine: Engine) -> None:
    latent_of(engine, 0, 1, "1/2026")
    latent_of(engine, 0, 2, "FIR 001/2026")
    latent_of(engine, 0, 1, "9/2026", ELSEWHERE)
    work_off_links(engine)
    assert [len(latent.links) for latent in links(engine, "27").find().items] == [0, 1, 1]


@pytest.mark.slow
def test_a_comparison_that_fails_is_made_later_and_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(link_latents, "_scores", lambda *_: 1 / 0)
        linked(engine)
    checks = CheckReader(engine.store.database)
    assert len(checks.waiting_links(10)) == 3
    assert work_off_links(engine) == 3
    assert checks.waiting_links(10) == []
    assert work_off_links(engine) == 0
    assert len(own(engine)["1/2026"].links) == 1


@pytest.mark.slow
def test_a_request_during_a_comparison_is_not_lost(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latent has been read again meanwhile: what was compared may be what it was before."""
    first, _ = linked(engine)
    with engine.store.database.writing() as connection:
        request_link_checks(connection, standing_searches.c.id == first.standing.id)
    compare = link_latents._scores

    def requested_meanwhile(*args: object) -> object:
        monkeypatch.undo()
        with engine.store.database.writing() as connection:
            request_link_checks(connection, standing_searches.c.id == first.standing.id)
        return compare(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(link_latents, "_scores", requested_meanwhile)
    assert link_latents.check_links(engine, first.standing.id) == []
    assert CheckReader(engine.store.database).waiting_links(10) == [first.standing.id]
    assert len(own(engine)["1/2026"].links) == 1


@pytest.mark.slow
def test_a_link_that_is_not_found_again_goes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = linked(engine)
    with engine.store.database.writing() as connection:
        request_link_checks(connection, standing_searches.c.id == first.standing.id)
    monkeypatch.setattr(link_latents, "least_decibans", lambda latents: 10_000.0)
    work_off_links(engine)
    assert own(engine)["1/2026"].links == ()


def test_of_another_unit_only_the_contact_is_shown(engine: Engine) -> None:
    first, second = linked(engine, ELSEWHERE)
    [link] = own(engine)["1/2026"].links
    assert link.other.contact.unit.path == ELSEWHERE
    assert (link.other.standing_id, link.other.number, link.other.search_id, link.other.fir_number) == (None,) * 4
    assert list(own(engine, ELSEWHERE)) == ["2/2026"]
    with pytest.raises(UnknownStandingSearch):
        links(engine).scored(second.standing.id)
    with pytest.raises(UnknownStandingSearch):
        links(engine, ELSEWHERE).ends(first.standing.id, link.id)


@pytest.mark.slow
def test_the_lowest_unit_of_both_latents_examines_a_link_and_the_others_are_notified(engine: Engine) -> None:
    linked(engine, ELSEWHERE)
    case_id = opened(engine, HERE)
    for unit in (HERE, ELSEWHERE):
        view = cases(engine, unit).case(case_id)
        assert view.referral is not None
        assert view.referral.unit.path == "27"
        assert (view.question.search_id is None) == (unit == ELSEWHERE)
        assert (view.question.candidate_search_id is None) == (unit == HERE)
        with pytest.raises(OutOfJurisdiction):
            cases(engine, unit).take(case_id)
    received = NotificationStore(engine.store.database, act_of(ELSEWHERE, Role.EXAMINER)).find().items
    assert (NotificationKind.CROSS_UNIT_CASE, case_id) in [(each.kind, each.about) for each in received]
    [case] = cases(engine, "27").find(CaseQuery(kind=CaseKind.LATENT_LINK)).items
    assert (case.id, case.finding, case.candidate_fir_number) == (case_id, None, None)
    with pytest.raises(Conflict):
        opened(engine, "27")


@pytest.mark.slow
def test_examiners_link_two_offences_without_a_person(engine: Engine) -> None:
    linked(engine, ELSEWHERE)
    decide(engine, opened(engine, HERE), "27")
    [case] = cases(engine, "27").find(CaseQuery(kind=CaseKind.LATENT_LINK)).items
    assert (case.state, case.fir_number, case.candidate_fir_number) == (CaseState.CLOSED, "1/2026", "2/2026")
    assert not case.merge_pending
    for unit, seen in ((HERE, ["1/2026", None]), (ELSEWHERE, [None, "2/2026"]), ("27", ["1/2026", "2/2026"])):
        [pair] = links(engine, unit).offences().items
        assert [latent.fir_number for latent in pair.latents] == seen
        assert pair.case_number == case.number
    assert links(engine, "27/521").offences().items == ()
    [link] = own(engine)["1/2026"].links
    assert (link.case_number, link.outcome) == (case.number, Conclusion.IDENTIFICATION)
    work_off(engine)  # settles: a case without a record is no case of a removed one
    assert cases(engine, "27").case(case.id).state is CaseState.CLOSED


@pytest.mark.slow
def test_the_unit_of_a_linked_latent_is_notified_when_a_person_is_identified_in_the_other(engine: Engine) -> None:
    _, second = linked(engine, ELSEWHERE)
    link_case = opened(engine, HERE)
    decide(engine, link_case, "27")
    thumb = Sample(FINGERPRINT, print_of(0, "right_thumb", 0), "a.png", FingerPosition.RIGHT_THUMB)
    enrol(engine.for_actor(act_of("27")), Person("Asha"), encounter(), [thumb])
    hits = cases(engine, "27").find(CaseQuery(kind=CaseKind.STANDING_HIT)).items
    [hit] = [view.id for view in hits if view.question.search_id == second.searched.id]
    decide(engine, hit, "27")
    received = NotificationStore(engine.store.database, act_of(HERE, Role.EXAMINER)).find().items
    [notification] = [each for each in received if each.kind is NotificationKind.LINK_IDENTIFIED]
    assert (notification.about, notification.record_id) == (link_case, None)
    [pair] = links(engine).offences().items
    assert [latent.solved for latent in pair.latents] == [False, True]
    assert own(engine, ELSEWHERE) == {}
    assert own(engine)["1/2026"].links == ()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["withdrawn", "expired", "destroyed"])
def test_a_latent_that_is_not_searched_for_any_more_leaves_the_links(engine: Engine, way: str) -> None:
    _, second = linked(engine)
    with engine.store.database.writing() as connection:
        if way == "expired":
            this = standing_searches.c.id == second.standing.id
            past = datetime.now(UTC).date() - timedelta(days=2)
            connection.execute(standing_searches.update().where(this).values(expires_on=past))
        if way == "destroyed":
            connection.execute(delete(search_probes).where(search_probes.c.search_id == second.searched.id))
    if way == "withdrawn":
        end_standing_search(engine.store.for_actor(act_of(HERE)), second.standing.id, "the legal basis has ended")
    assert own(engine)["1/2026"].links == ()
    with pytest.raises(UnknownLink):
        links(engine).scored(second.standing.id)
    work_off_links(engine)
    with engine.store.database.reading() as connection:
        assert connection.execute(select(latent_links.c.id)).all() == []
        assert connection.execute(select(link_checks.c.standing_id)).all() == []


@pytest.mark.slow
def test_an_open_case_about_a_destroyed_latent_is_withdrawn(engine: Engine) -> None:
    _, second = linked(engine)
    case_id = opened(engine, HERE)
    settle(engine.store)
    assert cases(engine, HERE).case(case_id).state is CaseState.WAITING
    with engine.store.database.writing() as connection:
        connection.execute(delete(search_probes).where(search_probes.c.search_id == second.searched.id))
    settle(engine.store)
    assert cases(engine, HERE).case(case_id).state is CaseState.WITHDRAWN


def test_who_was_shown_the_scores_of_a_link_is_informed_and_nobody_else(engine: Engine) -> None:
    first, second = linked(engine)
    case_id = opened(engine, HERE)
    links(engine, act_of(HERE, Role.EXAMINER, "read")).scored(second.standing.id)
    engine.store.for_actor(act_of(HERE, Role.EXAMINER, "searched")).searches.get(first.searched.id)
    for name, informed in (("read", True), ("searched", False), ("opener", False)):
        examiner = cases(engine, HERE, name=name)
        assert (examiner.take(case_id).informed == {name}) is informed
        examiner.give_back(case_id)


def test_the_examiner_of_a_link_sees_no_score_of_either_latent(engine: Engine) -> None:
    first, second = linked(engine)
    case_id = opened(engine, HERE)
    examiner = act_of(HERE, Role.EXAMINER, "a")
    cases(engine, HERE, name="a").take(case_id)
    for latent in (first, second):
        with pytest.raises(HiddenUntilDecided):
            links(engine, examiner).scored(latent.standing.id)
        with pytest.raises(HiddenUntilDecided):
            engine.store.for_actor(examiner).searches.get(latent.searched.id)
    cases(engine, HERE, name="a").give_back(case_id)
    decide(engine, case_id, HERE, Conclusion.EXCLUSION)
    assert links(engine, examiner).scored(first.standing.id).links[0].outcome is Conclusion.EXCLUSION
