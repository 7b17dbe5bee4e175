"""Whoever examines a case learns no score before their opinion, and nobody else is kept from anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import act_of
from case_examples import FOUND, GROUNDS, ask
from records_examples import encounter, print_of, search_for
from sqlalchemy import select

from biometrics.access.blinding import hidden, require_no_case
from biometrics.kernel.access import Act, Role
from biometrics.kernel.casework.cases import CaseKind, Conclusion, Question, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import HiddenUntilDecided
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.searches.model import Search
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.searches import searches
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search

FIRST, SECOND, JUDGE, OFFICER = (
    act_of("27", role, name)
    for role, name in (
        (Role.EXAMINER, "first"),
        (Role.EXAMINER, "second"),
        (Role.SUPERVISOR, "judge"),
        (Role.STATION_OFFICER, "officer"),
    )
)
FILES = {"1" * 64, "2" * 64}  # that `search_for` was made with


class ExampleCase:
    """A case about what a search of an officer's found."""

    def __init__(self, store: RecordStore) -> None:
        self.store = store
        self.record = store_person(store, Person("Ram"), encounter(), [print_of("Ram")]).record_id
        self.search = store_search(store.for_actor(OFFICER), search_for(self.record)).id
        question = Question(CaseKind.LATENT_HIT, self.record, search_id=self.search, unit=OFFICER.actor.unit)
        case_id = ask(self.cases(OFFICER), question, FOUND)
        assert case_id
        self.id = case_id

    def cases(self, act: Act) -> Casework:
        return Casework(self.store.for_actor(act), {})

    def decide(self, act: Act, conclusion: Conclusion) -> None:
        cases = self.cases(act)
        cases.analyse(self.id, AnalysisDraft(True, "a loop"))
        cases.look(self.id, Side.PROBE, "probe-0")
        cases.look(self.id, Side.CANDIDATE, "sample-1")
        cases.decide(
            self.id,
            OpinionDraft(
                conclusion, "compared", "probe-0", "sample-1", unmarked_because="by eye", basis=GROUNDS[conclusion]
            ),
        )

    def shows(self, act: Act) -> bool:
        """Say whether somebody learns what the search found; every way to it says the same."""
        acting = self.store.for_actor(act)
        mentioned = [mention.search_id for mention in acting.searches.mentions_of(self.record).items]
        [line] = [search for search in acting.searches.find().items if search.id == self.search]
        try:
            acting.searches.get(self.search)
            read = True
        except HiddenUntilDecided:
            read = False
        try:
            require_no_case(self.store.database, act, FILES)
            compared = True
        except HiddenUntilDecided:
            compared = False
        by_fir = [record.id for record in acting.people.find(RecordQuery(fir_number=encounter().fir_number)).items]
        visible = {read, compared, self.search in mentioned, not line.hidden, line.candidates is not None}
        visible.add(self.record in by_fir)
        assert len(visible) == 1, visible
        return read


@pytest.fixture
def case(store: RecordStore) -> ExampleCase:
    return ExampleCase(store)


def test_the_search_is_hidden_while_the_caller_examines_the_case(case: ExampleCase) -> None:
    assert case.shows(FIRST)
    case.cases(FIRST).take(case.id)
    assert not case.shows(FIRST)
    assert case.shows(SECOND)
    assert case.shows(OFFICER)
    case.cases(FIRST).analyse(case.id, AnalysisDraft(True, "a loop"))
    assert not case.shows(FIRST)
    case.decide(FIRST, Conclusion.IDENTIFICATION)
    assert case.shows(FIRST)


def test_it_is_hidden_from_the_verifier_and_not_from_who_resolves_a_conflict(case: ExampleCase) -> None:
    case.cases(FIRST).take(case.id)
    case.decide(FIRST, Conclusion.IDENTIFICATION)
    case.cases(SECOND).take(case.id)
    assert not case.shows(SECOND)
    assert case.shows(FIRST)
    case.decide(SECOND, Conclusion.EXCLUSION)
    assert case.shows(SECOND)
    case.cases(JUDGE).take(case.id)
    assert case.shows(JUDGE)


def test_a_case_that_is_given_back_or_withdrawn_hides_nothing(case: ExampleCase) -> None:
    case.cases(FIRST).take(case.id)
    case.cases(FIRST).give_back(case.id)
    assert case.shows(FIRST)
    case.cases(FIRST).take(case.id)
    case.cases(JUDGE).withdraw(case.id, "asked by mistake")
    assert case.shows(FIRST)


def of_file(record_id: str, digest: str) -> Search:
    made = search_for(record_id)
    return replace(made, probes=(replace(made.probes[0], image_sha256=digest),))


def test_another_search_with_the_same_file_is_hidden_too(case: ExampleCase) -> None:
    """The same print scores the same, whoever searches with it; one with other files is about something else."""
    acting = case.store.for_actor(OFFICER)
    again, other = (store_search(acting, of_file(case.record, digest * 64)).id for digest in "19")
    case.cases(FIRST).take(case.id)
    with pytest.raises(HiddenUntilDecided):
        case.store.for_actor(FIRST).searches.get(again)
    assert case.store.for_actor(FIRST).searches.get(other).id == other
    assert [mention.search_id for mention in case.store.for_actor(FIRST).searches.mentions_of(case.record).items] == [
        other
    ]


def test_searches_with_files_of_either_record_are_hidden(store: RecordStore) -> None:
    probe, candidate, stranger = (print_of(name) for name in ("asks", "candidate", "stranger"))
    record = store_person(store, Person("Ram"), encounter(), [probe])
    other = store_person(store, Person("Ram Lal"), encounter(), [candidate])
    question = Question(
        CaseKind.DUPLICATE, other.record_id, record.record_id, record.encounter_id, unit=FIRST.actor.unit
    )
    cases = Casework(store.for_actor(FIRST), {})
    case_id = ask(cases, question, FOUND)
    assert case_id
    digests = [
        store.people.get(enrolment.record_id).encounters[0].samples[0].image_sha256 for enrolment in (record, other)
    ]
    cases.take(case_id)
    for digest in digests:
        with pytest.raises(HiddenUntilDecided, match="this very file"):
            require_no_case(store.database, FIRST, {"0" * 64, digest})
        made = store_search(store.for_actor(OFFICER), of_file(other.record_id, digest)).id
        with pytest.raises(HiddenUntilDecided):
            store.for_actor(FIRST).searches.get(made)
    require_no_case(store.database, FIRST, {"0" * 64})
    require_no_case(store.database, SECOND, set(digests))
    assert stranger.sample.content not in (probe.sample.content, candidate.sample.content)


def test_an_opinion_shows_whether_its_author_had_read_the_results(case: ExampleCase) -> None:
    """It is refused to nobody: were it only for verifications, a refusal would tell that it is one."""
    case.store.for_actor(FIRST).searches.get(case.search)
    mine = case.cases(FIRST).take(case.id)
    assert mine.informed == {"first"}
    case.decide(FIRST, Conclusion.IDENTIFICATION)
    blind = case.cases(SECOND).take(case.id)
    assert blind.informed == frozenset()
    case.decide(SECOND, Conclusion.IDENTIFICATION)
    assert case.cases(OFFICER).case(case.id).informed == {"first"}


def test_a_refusal_does_not_count_as_having_read(case: ExampleCase) -> None:
    case.cases(FIRST).take(case.id)
    with pytest.raises(HiddenUntilDecided):
        case.store.for_actor(FIRST).searches.get(case.search)
    case.store.for_actor(FIRST).note(Action.REFUSED, case.search)
    case.cases(FIRST).give_back(case.id)
    assert case.cases(FIRST).take(case.id).informed == frozenset()


def test_the_files_of_cases_are_found_by_indexes(store: RecordStore) -> None:
    """Every search looks for them, so that a scan would slow it down by each sample on record."""
    with store.database.reading() as connection:
        if connection.dialect.name != "sqlite":
            pytest.skip("of SQLite")
        query = select(searches.c.id).where(hidden(FIRST)).compile(connection, compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    of_samples = [step for step in plan if "ix_samples" in step or "SCAN samples" in step]
    assert len(of_samples) == 2
    assert all(step.startswith("SEARCH samples USING INDEX ix_samples_encounter_id") for step in of_samples)
