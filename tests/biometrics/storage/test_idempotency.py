"""A request that arrives again is carried out once, and answered as it was the first time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from account_examples import OPERATOR
from case_examples import CANDIDATE, FOUND, PAIR, RECORD, SEARCH, ask, keep_records, question, somebody
from records_examples import broken_print, encounter, print_of, search_for
from sqlalchemy import func, select, update

from biometrics.accounts.api_keys import ApiKeyReader, Secret
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.accounts.repository import Setup
from biometrics.accounts.users import AccountReader
from biometrics.kernel.access import Role, Unit, local_operator
from biometrics.kernel.casework.cases import Conclusion, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import InvalidField, KeyReused, PehchanError, SecretShown, VersionMismatch, WrongStep
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import LinkKind
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.kernel.technique.ids import canonical_id
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage
from biometrics.storage.audit.log import Action
from biometrics.storage.idempotency import KEY_LIFETIME
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.jobs import idempotency_keys
from biometrics.use_cases.accounts.account_administration import AccountAdministration
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search, store_standing
from biometrics.watchlist.model import StandingKind
from biometrics.watchlist.reader import StandingReader

FIRST = IdempotencyKey.of("key-1", {"name": "Ram", "print": b"one"})
OTHER = IdempotencyKey.of("key-1", {"name": "Ram", "print": b"two"})
KEY = Secret("pehchan_x", "f" * 64)
ACQUITTAL = Outcome(CourtEvent.DECISION, date(2025, 5, 1), "Sessions Court", Verdict.ACQUITTED)


def test_a_repeated_enrolment_enrols_nobody_twice(store: RecordStore, tmp_path: Path) -> None:
    first = store_person(store.for_request(FIRST), Person("Ram"), encounter(), [print_of("one")])
    before = store.counts()
    assert store_person(store.for_request(FIRST), Person("Ram"), encounter(), [print_of("one")]) == first
    assert store.for_request(FIRST).enrolled_before() == first
    assert store.counts() == before
    assert store.sweep(timedelta()) == 0
    assert store_person(store.for_request(replace(FIRST, key="key-2")), Person("Ram"), encounter(), []) != first
    assert store.for_request(None).enrolled_before() is None


def test_a_key_of_another_request_is_refused(store: RecordStore) -> None:
    """Its answer would be of something else; nothing is written, whatever the step is."""
    store.for_request(FIRST).create_record(Person("Ram"), "27")
    for act in (
        lambda: store.for_request(OTHER).create_record(Person("Ram"), "27"),
        lambda: store_person(store.for_request(OTHER), Person("Ram"), encounter(), [print_of("two")]),
        lambda: store.for_request(OTHER).enrolled_before(),
    ):
        with pytest.raises(KeyReused, match="new key"):
            act()
    assert (store.record_count(), store.sweep(timedelta())) == (1, 0)


def test_a_failed_request_is_tried_again(store: RecordStore) -> None:
    with pytest.raises(Exception, match=r"NOT NULL|not-null|None|bytes"):
        store_person(store.for_request(FIRST), Person("Ram"), encounter(), [broken_print("bad")])
    assert store.for_request(FIRST).enrolled_before() is None
    done = store_person(store.for_request(FIRST), Person("Ram"), encounter(), [])
    assert store_person(store.for_request(FIRST), Person("Ram"), encounter(), []) == done
    assert store.record_count() == 1


def test_keys_of_two_clients_are_two(store: RecordStore) -> None:
    asha, ravi = (store.for_actor(local_operator(name)).for_request(FIRST) for name in ("asha", "ravi"))
    assert asha.create_record(Person("Ram"), "27").id != ravi.create_record(Person("Ram"), "27").id


def test_every_step_of_a_clerk_is_made_once(store: RecordStore) -> None:
    """Also where the version is another one by then: the first answer is right, a refusal would be wrong."""
    survivor = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    merged = store_person(store, Person("Rama"), encounter(), [print_of("two")])
    editor = store.for_request(FIRST).editor
    for act in (
        lambda: editor.add_outcome(survivor.encounter_id, ACQUITTAL, 1),
        lambda: editor.link(survivor.encounter_id, merged.encounter_id, LinkKind.SAME_CASE),
        lambda: editor.correct_person(survivor.record_id, Person("Ramu"), 3),
        lambda: editor.merge(survivor.record_id, 4, merged.record_id, "same"),
        lambda: editor.undo_merge(store.history.provenance(survivor.record_id).merges[0].id, 5, "not the same"),
        lambda: editor.move_encounter(survivor.encounter_id, 6, merged.record_id, "hers"),
        lambda: editor.undo_move(
            next(move.id for move in store.history.provenance(survivor.record_id).moves if not move.merge_id), 5, "his"
        ),
    ):
        first: object = act()
        version = store.people.get(survivor.record_id).version
        assert act() == first
        assert store.people.get(survivor.record_id).version == version
    with pytest.raises(VersionMismatch):
        store.editor.correct_person(survivor.record_id, Person("Ramu"), 3)


def test_every_step_of_a_case_is_made_once(store: RecordStore) -> None:
    """Also where the case has gone on since: a refusal would be wrong. A second opinion is another request."""
    keep_records(store.database, RECORD, CANDIDATE, SEARCH)

    def cases(request: IdempotencyKey | None = None) -> Casework:
        return Casework(store.for_actor(somebody("a")).for_request(request), {})

    requests = (replace(FIRST, key=f"case-{number}") for number in count())
    opened = [ask(cases(FIRST), question(), FOUND) for _ in range(2)]
    assert opened[0] == opened[1]
    case_id = opened[0] or ""
    for act in (
        lambda cases: cases.take(case_id).state,
        lambda cases: cases.give_back(case_id).state,
        lambda cases: cases.take(case_id).state,
        lambda cases: cases.analyse(case_id, AnalysisDraft(True, "ulnar loop")).state,
        lambda cases: cases.look(case_id, Side.PROBE, "sample 1").view.state,
        lambda cases: cases.look(case_id, Side.CANDIDATE, "sample 2").view.state,
        lambda cases: cases.decide(case_id, OpinionDraft(Conclusion.IDENTIFICATION, "compared", *PAIR)).state,
        lambda cases: (
            cases.supersede(case_id, OpinionDraft(Conclusion.INCONCLUSIVE, "looked again", because="a smudge")).state
        ),
    ):
        request = next(requests)
        first = act(cases(request))
        steps = audited(store)
        assert act(cases(request)) == first
        assert audited(store) == steps
        with pytest.raises(KeyReused):
            act(cases(replace(request, digest="0" * 64)))
    assert ask(cases(FIRST), question(), FOUND) == case_id
    withdrawn = Casework(store.for_actor(somebody("s", Role.SUPERVISOR)).for_request(FIRST), {})
    other = ask(cases(), question(candidate_id=SEARCH), FOUND)
    assert other
    assert withdrawn.withdraw(other, "a mistake") == withdrawn.withdraw(other, "a mistake")


def test_a_standing_search_stands_and_is_withdrawn_once(store: RecordStore) -> None:
    search, image = replace(search_for("x"), candidates=()), KeptImage(0, "image/png", b"latent")
    mine = store.for_actor(somebody("a")).for_request(FIRST)
    first, again = (store_standing(mine, search, [image], StandingKind.LATENT) for _ in range(2))
    assert (again, store.counts().searches) == (first, 1)
    first = first.standing
    assert len(StandingReader(store.database, somebody("a")).find().items) == 1
    assert end_standing_search(mine, first.id, "solved") == end_standing_search(mine, first.id, "solved")
    with pytest.raises(WrongStep):
        end_standing_search(store.for_actor(somebody("a")), first.id, "solved")


def test_parts_of_a_request_are_made_once_each(store: RecordStore) -> None:
    searches = [search_for(store.create_record(Person(name), "27").id) for name in "ABC"]
    sent = store.for_request(FIRST)
    first = [store_search(sent.for_part(number), search).id for number, search in enumerate(searches[:2], start=1)]
    again = [store_search(sent.for_part(number), search).id for number, search in enumerate(searches, start=1)]
    assert again[:2] == first
    assert (len(set(again)), store.counts().searches) == (3, 3)


def test_accounts_are_changed_once_and_no_secret_is_shown_twice(store: RecordStore) -> None:
    accounts = AccountAdministration(store.database, store.keys)
    robot = NewUser("robot", "Gate", frozenset({Role.MACHINE_CLIENT}), Unit("27"))
    officer = replace(robot, login="officer", roles=frozenset({Role.STATION_OFFICER}))
    setup, gate = Setup("a" * 64, datetime.now(UTC) + timedelta(1)), NewApiKey("gate", timedelta(1))
    made = accounts.for_request(FIRST).add(OPERATOR, robot, None)
    assert accounts.for_request(FIRST).add(OPERATOR, robot, None) == made
    requests = (replace(FIRST, key=f"account-{number}") for number in count())
    for secret, act in (
        (True, lambda request: accounts.for_request(request).add(OPERATOR, officer, setup)),
        (True, lambda request: accounts.for_request(request).reset_password(OPERATOR, "officer", setup)),
        (
            True,
            lambda request: accounts.for_request(request).add_key(OPERATOR, "robot", gate, KEY),
        ),
        (False, lambda request: accounts.for_request(request).change_rights(OPERATOR, "officer", None, None, "Other")),
        (False, lambda request: accounts.for_request(request).link(OPERATOR, "officer", "https://id.example", "1")),
        (False, lambda request: accounts.for_request(request).unlink(OPERATOR, "officer")),
        (False, lambda request: accounts.for_request(request).reset_totp(OPERATOR, "officer")),
        (False, lambda request: accounts.for_request(request).disable(OPERATOR, "officer")),
        (False, lambda request: accounts.for_request(request).enable(OPERATOR, "officer")),
    ):
        request = next(requests)
        first = act(request)
        steps = audited(store)
        if secret:
            with pytest.raises(SecretShown, match=first.id):
                act(request)
        else:
            assert act(request) == first
        assert audited(store) == steps
    assert len(AccountReader(store.database).list(OPERATOR).items) == 2
    assert len(ApiKeyReader(store.database).list(OPERATOR, "robot")) == 1
    with store.database.reading() as connection:
        kept = connection.execute(select(idempotency_keys.c.answer)).scalars().all()
    assert all(canonical_id(answer) == answer for answer in kept)  # ids alone


def audited(store: RecordStore) -> int:
    """Return the length of the audit log but for what was only read."""
    with store.database.reading() as connection:
        written = audit_entries.c.action != Action.CASE_READ
        return int(connection.execute(select(func.count()).select_from(audit_entries).where(written)).scalar_one())


@pytest.mark.both_databases
@pytest.mark.parametrize("threads", [20])
def test_a_key_that_arrives_many_times_at_once_is_carried_out_once(store: RecordStore, threads: int) -> None:
    def enrol(_: int) -> object:
        return store_person(store.for_request(FIRST), Person("Ram"), encounter(), [print_of("one")])

    with ThreadPoolExecutor(threads) as pool:
        answers = set(pool.map(enrol, range(threads)))
    assert len(answers) == 1
    assert (store.counts().records, store.counts().samples, store.templates.last_sequence()) == (1, 1, 1)


@pytest.mark.both_databases
def test_different_requests_at_once_under_one_key_leave_one(store: RecordStore) -> None:
    """Whoever comes second is told, and nothing of theirs is written."""

    def enrol(number: int) -> str:
        try:
            store_person(
                store.for_request(IdempotencyKey.of("key", number)),
                Person(f"P {number}"),
                encounter(),
                [print_of(f"{number}")],
            )
        except PehchanError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(enrol, range(8)))
    assert sorted(set(answers)) == ["done", "idempotency_key_reused"]
    assert (answers.count("done"), store.record_count(), store.sweep(timedelta())) == (1, 1, 0)


def test_keys_are_kept_for_days_and_then_forgotten(store: RecordStore) -> None:
    store.for_request(FIRST).create_record(Person("Ram"), "27")
    for age, left in ((KEY_LIFETIME - timedelta(hours=1), 1), (KEY_LIFETIME + timedelta(hours=1), 2)):
        with store.database.writing() as connection:
            connection.execute(update(idempotency_keys).values(created_at=datetime.now(UTC) - age))
        store.sweep(timedelta())
        store.for_request(FIRST).create_record(Person("Ram"), "27")
        assert store.record_count() == left
    assert timedelta(hours=24) <= KEY_LIFETIME


@pytest.mark.parametrize("key", ["", " ", "a b", "schlüssel", "x" * 256, "a\n"])
def test_an_invalid_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidField, match="UUID"):
        IdempotencyKey.of(key, {})


def test_a_digest_is_of_all_that_a_request_says() -> None:
    """Order of fields does not matter, anything else does."""
    digest: Callable[..., str] = lambda request: IdempotencyKey.of("k", request).digest  # noqa: E731
    assert digest({"a": 1, "b": b"x"}) == digest({"b": b"x", "a": 1})
    variants = [{"a": 1, "b": b"x"}, {"a": 1, "b": b"y"}, {"a": "1", "b": b"x"}, {"a": 1}, [Person("A")], [Person("B")]]
    assert len({digest(variant) for variant in variants}) == len(variants)
