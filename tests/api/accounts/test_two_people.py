"""Nobody makes somebody alone: a new account, more rights, a reset or a program's key takes two people."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from account_examples import OPERATOR, PASSWORD, STATION, Desk, Person
from phones import Phone
from sqlalchemy import select, update

from api.accounts.values import EnteredCredentials
from biometrics.access.independence import MAKERS_COUNT
from biometrics.accounts.api_keys import Secret
from biometrics.accounts.changes import REQUEST_LIFETIME, AccountChange, ChangeKind
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.accounts.repository import Setup
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import (
    Forbidden,
    NeedsTwoPeople,
    PehchanError,
    UnknownAccountRequest,
    WeakPassword,
    WrongCredentials,
)
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import account_makers, account_requests, api_keys, users

WEEK = timedelta(days=7)
NEW = NewUser("deputy", "Deputy", frozenset({Role.ADMINISTRATOR}), Unit())
OTHER = "nine lamps by the river"


@pytest.fixture
def admins(desk: Desk) -> list[Person]:
    """Three administrators whom the operator appointed, two of them used."""
    return [desk.person(login, Role.ADMINISTRATOR, "national") for login in ("one", "two", "three")]


def everything(database: Database) -> list[object]:
    with database.reading() as connection:
        return [*connection.execute(select(users)).all(), *connection.execute(select(api_keys)).all()]


def made_by(requester: Person, approver: Person, change: AccountChange) -> tuple[str, str]:
    """Let one person request a change and another approve it; return the account's id and the whole secret."""
    request, first = requester.accounts.request(requester.act, change)
    approved, second = approver.accounts.approve(approver.act, request.id)
    return approved.user.id, first + second


def person_made_by(requester: Person, approver: Person, login: str, role: Role = Role.ADMINISTRATOR) -> Person:
    """Return the owner of an account that two people made, signed in with a phone."""
    new = NewUser(login, login, frozenset({role}), Unit())
    user_id, once = made_by(requester, approver, AccountChange.adding(new))
    person = Person(requester.accounts, login, user_id)
    person.tokens = person.accounts.sign_in(EnteredCredentials(login, once, new_password=PASSWORD))
    person.phone = Phone(person.accounts.offer_totp(person.recognised)[0])
    person.accounts.begin_totp(person.act, person.recognised, person.code())
    return person


ALONE: dict[str, Callable[[Person], object]] = {
    "new account": lambda admin: admin.accounts.add_user(admin.act, NEW),
    "more rights": lambda admin: admin.accounts.administration.change_rights(
        admin.act, "officer", frozenset({Role.STATION_OFFICER, Role.EXAMINER}), None
    ),
    "another unit": lambda admin: admin.accounts.administration.change_rights(
        admin.act, "officer", None, Unit.of("27/519/27519010")
    ),
    "another name": lambda admin: admin.accounts.administration.change_rights(
        admin.act, "officer", None, None, "DSP A. Verma"
    ),
    "opened again": lambda admin: admin.accounts.administration.enable(admin.act, "closed"),
    "password": lambda admin: admin.accounts.reset_password(admin.act, "officer"),
    "phone": lambda admin: admin.accounts.administration.reset_totp(admin.act, "officer"),
    "key of a program": lambda admin: admin.add_key(NewApiKey("gate", WEEK), "robot"),
    "own digests": lambda admin: admin.accounts.administration.reset_password(
        admin.act, "officer", Setup("0" * 64, datetime.now(UTC) + WEEK)
    ),
    "own key": lambda admin: admin.accounts.administration.add_key(
        admin.act, "robot", NewApiKey("gate", WEEK), Secret("pehchan_x", secrets.token_hex(32))
    ),
}


@pytest.mark.essential
@pytest.mark.parametrize("how", ALONE)
def test_one_administrator_makes_nobody(desk: Desk, admins: list[Person], database: Database, how: str) -> None:
    desk.person("officer")
    desk.new("robot", Role.MACHINE_CLIENT)
    desk.new("closed")
    desk.accounts.administration.disable(OPERATOR, "closed")
    before = everything(database)
    with pytest.raises(NeedsTwoPeople):
        ALONE[how](admins[0])
    changed = [row for row in everything(database) if row not in before]
    assert not [row for row in changed if row.id != admins[0].id]  # type: ignore[attr-defined] # a code was used up


def test_two_administrators_make_an_account_and_neither_can_open_it_alone(desk: Desk, admins: list[Person]) -> None:
    one, two, _ = admins
    new = NewUser("officer", "SI R. Patil", frozenset({Role.STATION_OFFICER}), Unit.of(STATION))
    request, first = one.accounts.request(one.act, AccountChange.adding(new))
    with pytest.raises(NeedsTwoPeople):
        one.accounts.approve(one.act, request.id)
    approved, second = two.accounts.approve(two.act, request.id)
    for half in (first, second, second + first):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials("officer", half, new_password=PASSWORD))
    tokens = desk.accounts.sign_in(EnteredCredentials("officer", first + second, new_password=PASSWORD))
    assert tokens.user.id == approved.user.id
    with pytest.raises(UnknownAccountRequest):
        two.accounts.approve(two.act, request.id)


def test_a_key_of_a_program_comes_in_two_halves(desk: Desk, admins: list[Person]) -> None:
    user_id, _ = desk.new("robot", Role.MACHINE_CLIENT)
    one, two, _ = admins
    proof = one.accounts.prove(one.recognised, PASSWORD, one.code())
    request, first = one.accounts.request(one.act, AccountChange.making_key(user_id, NewApiKey("gate", WEEK)), proof)
    approved, second = two.accounts.approve(two.act, request.id)
    recognition = desk.accounts.recognition
    for half in (first, second, f"{first}."):
        with pytest.raises(PehchanError):
            recognition.by_header(f"Bearer {half}")
    assert recognition.by_header(f"Bearer {first}{second}").user.id == user_id
    assert approved.key is not None
    assert first.startswith(approved.key.prefix)


def test_who_was_made_lately_approves_nothing_for_their_makers(
    desk: Desk, admins: list[Person], database: Database
) -> None:
    one, two, three = admins
    desk.new("officer")
    child = person_made_by(one, two, "child")
    grandchild = person_made_by(child, three, "grandchild")
    sibling = person_made_by(two, one, "sibling")
    officer = desk.accounts.users.find(OPERATOR, "officer")
    reset = AccountChange(ChangeKind.PASSWORD, officer.id)
    for requester, approver in ((one, child), (child, two), (one, grandchild), (grandchild, three), (sibling, child)):
        request, _ = requester.accounts.request(requester.act, reset)
        with pytest.raises(NeedsTwoPeople):
            approver.accounts.approve(approver.act, request.id)
        assert desk.accounts.users.find(OPERATOR, "officer").version == officer.version
    with database.writing() as connection:
        connection.execute(update(account_makers).values(made_at=datetime.now(UTC) - MAKERS_COUNT))
    assert made_by(one, child, reset)[0] == officer.id


def test_a_reset_administrator_approves_nothing_for_who_reset_them(desk: Desk, admins: list[Person]) -> None:
    one, two, three = admins
    desk.new("officer")
    _, once = made_by(one, two, AccountChange(ChangeKind.PASSWORD, three.id))
    entered = EnteredCredentials("three", once, three.code(), OTHER)
    three.tokens = desk.accounts.sign_in(entered)
    change = AccountChange(ChangeKind.TOTP, desk.accounts.users.find(OPERATOR, "officer").id)
    with pytest.raises(NeedsTwoPeople):
        made_by(one, three, change)


def test_an_approval_is_for_what_was_requested_while_its_requester_may(
    desk: Desk, admins: list[Person], database: Database
) -> None:
    one, two, three = admins
    user_id, _ = desk.new("officer")
    closed, _ = one.accounts.request(one.act, AccountChange(ChangeKind.PASSWORD, user_id))
    old, _ = two.accounts.request(two.act, AccountChange(ChangeKind.TOTP, user_id))
    desk.accounts.administration.disable(OPERATOR, "one")
    with pytest.raises(NeedsTwoPeople):
        two.accounts.approve(two.act, closed.id)
    with database.writing() as connection:
        late = datetime.now(UTC) - REQUEST_LIFETIME - timedelta(seconds=1)
        connection.execute(update(account_requests).where(account_requests.c.id == old.id).values(requested_at=late))
    with pytest.raises(UnknownAccountRequest):
        three.accounts.approve(three.act, old.id)
    own, _ = two.accounts.request(two.act, AccountChange(ChangeKind.PASSWORD, three.id))
    with pytest.raises(Forbidden):
        three.accounts.approve(three.act, own.id)
    three.accounts.requests.withdraw(three.act, closed.id)
    assert [request.id for request in three.accounts.pending.list(three.act)] == [own.id]


def test_one_administrator_takes_rights_away_at_once(desk: Desk, admins: list[Person]) -> None:
    desk.person("officer", Role.SUPERVISOR, "27")
    administration, act = desk.accounts.administration, admins[0].act
    lower = administration.change_rights(act, "officer", frozenset({Role.EXAMINER}), Unit.of(STATION), None)
    assert (lower.roles, lower.unit.path) == ({Role.EXAMINER}, STATION)
    assert administration.disable(act, "officer").disabled_at


def test_the_operator_stands_in_where_there_is_one_administrator(desk: Desk) -> None:
    admin = desk.person("only", Role.ADMINISTRATOR, "national")
    change = AccountChange.adding(NEW)
    request, first = admin.accounts.request(admin.act, change)
    approved, second = desk.accounts.approve(OPERATOR, request.id)
    entered = EnteredCredentials("deputy", first + second, new_password=PASSWORD)
    assert desk.accounts.sign_in(entered).user.id == approved.user.id


def test_a_lost_phone_is_replaced_by_its_owners_code_on_paper(desk: Desk) -> None:
    officer = desk.person("officer")
    paper = desk.accounts.make_paper_code(officer.act, officer.recognised, PASSWORD, officer.code())
    before = officer.recognised
    for wrong in (
        EnteredCredentials("officer", "wrong", paper=paper),  # the paper alone opens nothing
        EnteredCredentials("officer", PASSWORD, paper="aaaaa-bbbbb-ccccc-ddddd"),
    ):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(wrong)
    entered = EnteredCredentials("officer", PASSWORD, paper=paper.upper().replace("-", " "))
    tokens = desk.accounts.sign_in(entered)
    assert tokens.must_enrol_totp
    with pytest.raises(PehchanError):
        desk.accounts.recognition.recognise_again(before.user.id, before.credential)
    with pytest.raises(WrongCredentials):  # once
        desk.accounts.sign_in(entered)


def test_a_forgotten_password_is_replaced_by_its_owners_code_on_paper(desk: Desk) -> None:
    officer = desk.person("officer")
    assert officer.phone
    paper = desk.accounts.make_paper_code(officer.act, officer.recognised, PASSWORD, officer.code())
    with pytest.raises(WeakPassword):
        desk.accounts.sign_in(EnteredCredentials("officer", "", officer.code(), "short", paper=paper))
    desk.accounts.sign_in(EnteredCredentials("officer", "", officer.phone.last(), OTHER, paper=paper))
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("officer", PASSWORD))
    with pytest.raises(PehchanError, match="code"):
        desk.accounts.sign_in(EnteredCredentials("officer", OTHER))


def test_a_reset_ends_the_code_on_paper(desk: Desk) -> None:
    officer = desk.person("officer")
    paper = desk.accounts.make_paper_code(officer.act, officer.recognised, PASSWORD, officer.code())
    _, once = desk.accounts.reset_password(OPERATOR, "officer")
    entered = EnteredCredentials("officer", once, officer.code(), OTHER)
    desk.accounts.sign_in(entered)
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("officer", OTHER, paper=paper))
