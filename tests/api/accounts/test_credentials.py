"""What somebody is authenticated with is theirs alone, and whatever was started with it ends with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from account_examples import OPERATOR, Desk, Person, token_of
from case_examples import FOUND, ask
from sqlalchemy import select, update

from biometrics.accounts.api_keys import Secret
from biometrics.accounts.model import NewApiKey
from biometrics.kernel.access import CASEWORK, Act, Role, Scope, Unit, api_key_credential
from biometrics.kernel.casework.cases import CaseKind, Conclusion, Question, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import Forbidden, NotFound, Unauthenticated, WrongCredentials
from biometrics.notifications.repository import NotificationStore
from biometrics.records.store import RecordStore
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import api_keys, user_sessions
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.casework.casework import Casework

WEEK = timedelta(days=7)
ISSUER, SUBJECT = "https://id.example", "8f14e45f"


def administrator(desk: Desk, login: str = "admin") -> Person:
    return desk.person(login, Role.ADMINISTRATOR, "national")


def notifications(database: Database, person_id: str) -> list[str]:
    """Return the kinds of what somebody was notified of, the oldest first."""
    act = replace(OPERATOR, actor=replace(OPERATOR.actor, id=person_id))
    return [notification.kind.value for notification in NotificationStore(database, act).find().items][::-1]


@pytest.mark.parametrize("role", [Role.STATION_OFFICER, Role.EXAMINER, Role.ADMINISTRATOR])
def test_nobody_makes_an_api_key_for_another_person(desk: Desk, role: Role) -> None:
    admin = administrator(desk)
    desk.new("officer", role)
    with pytest.raises(Forbidden, match="can make an API key"):
        admin.add_key(NewApiKey("theirs", WEEK), "officer")
    with pytest.raises(Forbidden, match="can make an API key"):
        desk.accounts.add_key(OPERATOR, "officer", NewApiKey("theirs", WEEK))
    assert desk.accounts.keys.list(OPERATOR, "officer") == []
    desk.new("robot", Role.MACHINE_CLIENT)
    assert desk.accounts.add_key(OPERATOR, "robot", NewApiKey("gate", WEEK))


def test_making_an_api_key_takes_password_and_code_each_time(desk: Desk) -> None:
    officer, other = desk.person("officer"), desk.person("other")
    accounts, new = desk.accounts, NewApiKey("mine", WEEK)
    with pytest.raises(Forbidden, match="password"):
        accounts.add_key(officer.act, "officer", new)
    with pytest.raises(WrongCredentials):
        accounts.prove(officer.recognised, "not mine", officer.code())
    with pytest.raises(WrongCredentials):
        accounts.prove(officer.recognised, officer.password, "000000")
    elsewhere = accounts.prove(other.recognised, other.password, other.code())
    with pytest.raises(Forbidden, match="password"):
        accounts.add_key(officer.act, "officer", new, elsewhere)
    proof = accounts.prove(officer.recognised, officer.password, officer.code())
    assert accounts.add_key(officer.act, "officer", new, proof)
    with pytest.raises(WrongCredentials):  # the code is used up
        accounts.add_key(officer.act, "officer", new, proof)
    assert len(accounts.keys.list(OPERATOR, "officer")) == 1


def test_an_account_without_a_password_confirms_by_a_new_sign_in_at_the_provider(
    desk: Desk, database: Database
) -> None:
    user_id, _ = desk.new("officer")
    header = f"Bearer {token_of(desk.accounts, 'officer')}"
    recognised = desk.accounts.recognition.by_header(header)
    assert desk.accounts.prove(recognised, "", "")
    with database.writing() as connection:
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        of_user = user_sessions.c.user_id == user_id
        connection.execute(update(user_sessions).where(of_user).values(created_at=long_ago))
    with pytest.raises(Forbidden, match="provider"):
        desk.accounts.prove(desk.accounts.recognition.by_header(header), "", "")


def test_no_api_key_is_good_for_casework_whenever_it_was_made(desk: Desk, store: RecordStore) -> None:
    """Neither one that was made when keys could be for it, nor one that has no other scope."""
    examiner = desk.person("examiner", Role.EXAMINER)
    key, text = examiner.add_key(NewApiKey("mine", WEEK))
    with store.database.writing() as connection:
        old = " ".join(sorted(Role.EXAMINER.scopes))
        connection.execute(update(api_keys).where(api_keys.c.id == key.id).values(scopes=old))
    recognised = desk.accounts.recognition.by_header(f"Bearer {text}")
    assert recognised.actor.scopes == Role.EXAMINER.scopes - CASEWORK
    again = desk.accounts.recognition.recognise_again(examiner.id, api_key_credential(key.id))
    assert again.actor.scopes == Role.EXAMINER.scopes - CASEWORK
    everything = replace(recognised.actor, scopes=frozenset(Scope))
    cases = Casework(store.for_actor(Act(everything, credential=recognised.credential)), {})
    question = Question(CaseKind.SEARCH_HIT, "1", search_id="2", owner=examiner.id, unit=Unit())
    for attempt in (
        cases.find,
        lambda: ask(cases, question, FOUND),
        lambda: cases.case("1"),
        lambda: cases.examined("1"),
        lambda: cases.take("1"),
        lambda: cases.give_back("1"),
        lambda: cases.analyse("1", AnalysisDraft(True, "x")),
        lambda: cases.look("1", Side.PROBE, "x"),
        lambda: cases.decide("1", OpinionDraft(Conclusion.INCONCLUSIVE, "x")),
        lambda: cases.supersede("1", OpinionDraft(Conclusion.INCONCLUSIVE, "x", because="x")),
        lambda: cases.withdraw("1", "x"),
    ):
        with pytest.raises(Forbidden, match="API key"):
            attempt()
    assert Casework(store.for_actor(examiner.act), {}).find().items == ()


def test_each_audit_entry_names_the_session_or_the_api_key(desk: Desk, database: Database) -> None:
    officer = desk.person("officer")
    key, text = officer.add_key(NewApiKey("mine", WEEK))
    recognised = desk.accounts.recognition.by_header(f"Bearer {text}")
    by_key = Act(recognised.actor, credential=recognised.credential)
    with database.writing() as connection:
        audit.append(connection, by_key, Action.RECORD_READ, "1")
        audit.append(connection, officer.act, Action.RECORD_READ, "2")
        audit.append(connection, OPERATOR, Action.RECORD_READ, "3")
        named = select(audit_entries.c.credential).where(audit_entries.c.action == Action.RECORD_READ)
        credentials = list(connection.execute(named.order_by(audit_entries.c.number)).scalars())
        everything = repr(connection.execute(select(audit_entries)).all())
    session = officer.recognised.session
    assert session
    assert credentials == [f"api_key:{key.id}", f"session:{session.id}", ""]
    assert text not in everything


Reset = Callable[[Desk, Person], object]
RESETS: dict[str, Reset] = {
    "password reset": lambda desk, person: desk.accounts.reset_password(OPERATOR, person.login),
    "codes reset": lambda desk, person: desk.accounts.administration.reset_totp(OPERATOR, person.login),
    "closed": lambda desk, person: desk.accounts.administration.disable(OPERATOR, person.login),
    "unlinked": lambda desk, person: desk.accounts.administration.unlink(OPERATOR, person.login),
    "own change": lambda desk, person: desk.accounts.change_password(
        person.act, person.recognised, person.password, "eight lamps by the river"
    ),
}


@pytest.mark.parametrize("how", RESETS)
def test_no_api_key_of_a_person_survives_a_reset_of_their_account(desk: Desk, how: str) -> None:
    officer, other = desk.person("officer"), desk.person("other")
    _, text = officer.add_key(NewApiKey("mine", WEEK))
    _, kept = other.add_key(NewApiKey("other's", WEEK))
    assert desk.accounts.recognition.by_header(f"Bearer {text}")
    RESETS[how](desk, officer)
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.by_header(f"Bearer {text}")
    (key,) = desk.accounts.keys.list(OPERATOR, "officer")
    assert key.revoked_at
    assert desk.accounts.recognition.by_header(f"Bearer {kept}")


@pytest.mark.parametrize("how", [*RESETS, "signed out", "signed out everywhere"])
def test_nothing_is_written_for_a_session_that_has_ended(desk: Desk, database: Database, how: str) -> None:
    """A request that was let in before is refused where it would store something: in its own transaction."""
    officer = desk.person("officer")
    let_in = officer.act
    assert officer.tokens
    ends: dict[str, Reset] = RESETS | {
        "own change": lambda desk, person: desk.accounts.sessions.end_all(person.act),
        "signed out": lambda desk, person: desk.accounts.revoke(officer.tokens.refresh if officer.tokens else ""),
        "signed out everywhere": lambda desk, person: desk.accounts.sessions.end_all(person.act),
    }
    with database.writing() as connection:
        audit.append(connection, let_in, Action.ENROLLED, "before")
    ends[how](desk, officer)
    with pytest.raises(Unauthenticated), database.writing() as connection:
        audit.append(connection, let_in, Action.ENROLLED, "after")
    with database.reading() as connection:
        query = select(audit_entries.c.subject_id).where(audit_entries.c.action == Action.ENROLLED)
        assert list(connection.execute(query).scalars()) == ["before"]
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.recognise_again(officer.id, let_in.credential)


def test_nothing_is_written_for_an_api_key_that_was_revoked_or_expired(desk: Desk, database: Database) -> None:
    desk.new("robot", Role.MACHINE_CLIENT)
    for change in ("revoke", "expire"):
        key, text = desk.accounts.add_key(OPERATOR, "robot", NewApiKey(change, WEEK))
        recognised = desk.accounts.recognition.by_header(f"Bearer {text}")
        act = Act(recognised.actor, credential=recognised.credential)
        with database.writing() as connection:
            audit.append(connection, act, Action.ENROLLED, change)
        if change == "revoke":
            desk.accounts.administration.revoke_key(OPERATOR, key.id)
        else:
            with database.writing() as connection:
                past = datetime.now(UTC) - timedelta(seconds=1)
                connection.execute(update(api_keys).where(api_keys.c.id == key.id).values(expires_at=past))
        with pytest.raises(Unauthenticated), database.writing() as connection:
            audit.append(connection, act, Action.ENROLLED, change)
        with pytest.raises(Unauthenticated):
            desk.accounts.recognition.recognise_again(recognised.user.id, act.credential)


def test_a_request_without_a_credential_is_never_carried_out_later(desk: Desk) -> None:
    officer = desk.person("officer")
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.recognise_again(officer.id, "")
    other = desk.person("other")
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.recognise_again(officer.id, other.act.credential)


def test_people_are_notified_that_their_account_was_reset(desk: Desk, database: Database) -> None:
    officer = desk.person("officer")
    desk.accounts.reset_password(OPERATOR, "officer")
    desk.accounts.administration.reset_totp(OPERATOR, "officer")
    desk.accounts.administration.link(OPERATOR, "officer", ISSUER, SUBJECT)
    desk.accounts.reset_password(OPERATOR, "officer")
    assert notifications(database, officer.id) == [
        "password_reset",
        "totp_reset",
        "identity_proposed",
        "password_reset",
    ]


def test_an_outside_identity_opens_an_account_only_once_its_owner_has_confirmed_it(desk: Desk) -> None:
    officer = desk.person("officer")
    accounts = desk.accounts
    accounts.administration.link(OPERATOR, "officer", ISSUER, SUBJECT)
    with pytest.raises(WrongCredentials):
        accounts.sign_in_by_provider(ISSUER, SUBJECT)
    with pytest.raises(WrongCredentials):
        accounts.confirm_identity(officer.act, officer.recognised, ISSUER, SUBJECT, "not mine", officer.code())
    with pytest.raises(NotFound):
        accounts.confirm_identity(officer.act, officer.recognised, ISSUER, "mine", officer.password, officer.code())
    (proposed,) = accounts.users.identities(officer.id)
    assert proposed.confirmed_at is None
    with pytest.raises(WrongCredentials):
        accounts.sign_in_by_provider(ISSUER, SUBJECT)
    other = desk.person("other")
    with pytest.raises(NotFound):
        accounts.confirm_identity(other.act, other.recognised, ISSUER, SUBJECT, other.password, other.code())
    assert officer.phone
    unused = officer.phone.last()  # nothing was confirmed with it
    accounts.confirm_identity(officer.act, officer.recognised, ISSUER, SUBJECT, officer.password, unused)
    assert accounts.sign_in_by_provider(ISSUER, SUBJECT).user.id == officer.id


def test_a_key_that_the_store_is_given_without_proof_is_refused(desk: Desk) -> None:
    """Below all interfaces: whoever calls the store."""
    admin = administrator(desk)
    desk.new("robot", Role.MACHINE_CLIENT)
    secret = Secret("pehchan_x", "e" * 64)
    with pytest.raises(Forbidden):
        desk.accounts.administration.add_key(
            admin.act, "robot", NewApiKey("x", WEEK, frozenset({Scope.IDENTIFY})), secret
        )
    assert desk.accounts.keys.list(OPERATOR, "robot") == []
