"""Who may show a line-up: nobody who was shown the suspect anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from acting import HERE, act_of
from case_examples import FOUND, ask, question, somebody
from lineup_examples import ready_lineup
from records_examples import encounter, photo_of, search_for

from biometrics.cases.reader import CaseReader
from biometrics.kernel.access import Role
from biometrics.kernel.errors import NotBlind
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.lineups.model import InstructionLanguage, Lineup, NewViewing
from biometrics.lineups.reader import LineupReader
from biometrics.people.record_query import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search

DAY = date(2025, 2, 1)
FREED = Outcome(CourtEvent.DECISION, DAY, "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
HOLD = Order(OrderKind.HOLD, "JMFC Pune", "7/2025", DAY)


def by(store: RecordStore, actor: str, role: Role = Role.STATION_OFFICER) -> RecordStore:
    return store.for_actor(act_of(HERE, role, actor))


def start(store: RecordStore, lineup_id: int, witness: str) -> Lineup:
    with store.begin() as work:
        lineup = work.lineups.start(lineup_id, NewViewing(witness, "HC Rao", InstructionLanguage.HI, True))
        work.audit(Action.LINEUP_STARTED, lineup.subject)
        return lineup


def _case(store: RecordStore, suspect: Enrolment) -> None:
    other = store_person(store, Person("Sita"), encounter(), [photo_of("Sita")])
    asked = question(record_id=other.record_id, candidate_id=suspect.record_id)
    case_id = ask(Casework(store.for_actor(somebody("owner")), {}), asked, FOUND)
    assert case_id
    CaseReader(store.database, act_of("27", Role.EXAMINER, "informed")).case(case_id)


def _closed_lineup(store: RecordStore, suspect: Enrolment) -> None:
    other = ready_lineup(store, suspect.record_id, suspect.sample_ids[0], "a tall man")
    with by(store, "maker").begin() as work:
        work.lineups.close(other, "it is known")
        work.audit(Action.LINEUP_CLOSED, f"lineup-{other}")
    LineupReader(store.database, act_of(HERE, Role.SUPERVISOR, "informed")).find()


WAYS: dict[str, Callable[[RecordStore, Enrolment], object]] = {
    "record": lambda store, suspect: by(store, "informed").people.get(suspect.record_id),
    "list": lambda store, _: by(store, "informed").people.find(RecordQuery()),
    "own search": lambda store, suspect: store_search(by(store, "informed"), search_for(suspect.record_id)),
    "search that was read": lambda store, suspect: by(store, "informed").searches.get(
        store_search(by(store, "searcher"), search_for(suspect.record_id)).id
    ),
    "outcome": lambda store, suspect: by(store, "informed", Role.RECORDS_CLERK).editor.add_outcome(
        suspect.encounter_id, FREED
    ),
    "order": lambda store, suspect: Retention(by(store, "informed", Role.RECORDS_CLERK)).order(
        suspect.encounter_id, HOLD
    ),
    "case": _case,
    "list of closed line-ups": _closed_lineup,
}


@pytest.mark.parametrize("way", WAYS)
def test_whoever_was_shown_the_suspect_does_not_show_the_line_up(store: RecordStore, way: str) -> None:
    suspect = store_person(store, Person("Ram"), encounter(), [photo_of("Ram")])
    store_person(store, Person("Mohan"), encounter(), [photo_of("Mohan")])
    lineup_id = ready_lineup(store, suspect.record_id, suspect.sample_ids[0], "a tall man")
    WAYS[way](store, suspect)
    with pytest.raises(NotBlind, match="You have seen"):
        start(by(store, "informed"), lineup_id, "PW1")
    other = store_search(by(store, "blind"), replace(search_for(suspect.record_id), candidates=()))
    assert other.search.candidates == ()
    LineupReader(store.database, act_of(HERE, Role.STATION_OFFICER, "blind")).find()
    start(by(store, "blind"), lineup_id, "PW1")
    start(by(store, "blind"), lineup_id, "PW2")  # what was recorded for the first names nobody
