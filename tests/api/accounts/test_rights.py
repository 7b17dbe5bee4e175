"""Who may give rights to whom, where."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from account_examples import OPERATOR, PASSWORD, STATION, Desk, Person
from sqlalchemy import func, select

from api.accounts.values import EnteredCredentials
from biometrics.accounts.changes import AccountChange, ChangeKind
from biometrics.accounts.model import NewUser
from biometrics.accounts.repository import Setup
from biometrics.kernel.access import Act, Role, Unit
from biometrics.kernel.errors import (
    Forbidden,
    InvalidField,
    LastAdministrator,
    LoginTaken,
    PehchanError,
    UnknownAccount,
    WrongCredentials,
)
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import users
from biometrics.storage.tables.audit import audit_entries

DISTRICT = "27/519"


@pytest.fixture
def admin(desk: Desk) -> Person:
    desk.person("chief", Role.ADMINISTRATOR, "national", totp=False)
    return desk.person("admin", Role.ADMINISTRATOR, DISTRICT)


def audited(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(audit_entries)).scalar_one()


def test_an_administrator_appoints_the_officers_of_their_unit(admin: Person, desk: Desk, database: Database) -> None:
    before = audited(database)
    for login, role, unit in (
        ("officer", Role.STATION_OFFICER, STATION),
        ("deputy", Role.ADMINISTRATOR, DISTRICT),
        ("laboratory", Role.EXAMINER, DISTRICT),
    ):
        new = AccountChange.adding(NewUser(login, login, frozenset({role}), Unit.of(unit)))
        request, _ = desk.accounts.request(admin.act, new)
        desk.accounts.approve(OPERATOR, request.id)
    assert audited(database) == before + 9  # requested, made, approved


def test_that_an_account_was_renamed_is_in_the_audit_log(desk: Desk, database: Database) -> None:
    """Opinions show the name that an account has now: one that was changed must leave a trace."""
    desk.new("officer", Role.STATION_OFFICER, STATION)
    for name, unit in (("Another", None), (None, Unit.of(DISTRICT)), ("Another", None)):
        desk.accounts.administration.change_rights(OPERATOR, "officer", None, unit, name)
    query = select(audit_entries.c.detail).where(audit_entries.c.action == "account.rights")
    with database.reading() as connection:
        details = connection.execute(query.order_by(audit_entries.c.number)).scalars().all()
    assert ['"renamed":true' in detail for detail in details] == [True, False, False]
    assert "Another" not in "".join(details)


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        (Role.STATION_OFFICER, "27"),  # above
        (Role.STATION_OFFICER, "27/520"),  # beside
        (Role.STATION_OFFICER, "27/51"),  # begins alike
        (Role.STATION_OFFICER, "29/519/27519004"),  # the same codes in another state
        (Role.ADMINISTRATOR, "national"),
    ],
)
def test_nobody_gives_rights_outside_their_unit(
    admin: Person, desk: Desk, database: Database, role: Role, unit: str
) -> None:
    user_id, _ = desk.new("officer")
    before = audited(database)
    for change in (
        AccountChange.adding(NewUser("other", "Other", frozenset({role}), Unit.of(unit))),
        AccountChange(ChangeKind.RIGHTS, user_id, unit=Unit.of(unit)),
    ):
        with pytest.raises(Forbidden):
            desk.accounts.request(admin.act, change)
    assert audited(database) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_manage_accounts(admin: Person, desk: Desk, role: Role) -> None:
    desk.new("officer")
    if role.is_machine:
        desk.new("other", role)
        act = Act(desk.accounts.users.find(OPERATOR, "other").actor())
    else:
        act = desk.person("other", role, "national").act
    users, administration = desk.accounts.users, desk.accounts.administration
    setup = Setup("0" * 64, desk.accounts.users.find(OPERATOR, "officer").created_at)
    for attempt in (
        lambda: administration.add(act, NewUser("new", "New", frozenset({role}), Unit.of(STATION)), None),
        lambda: administration.change_rights(act, "officer", frozenset({role}), None),
        lambda: administration.disable(act, "officer"),
        lambda: administration.enable(act, "officer"),
        lambda: administration.reset_password(act, "officer", setup),
        lambda: administration.reset_totp(act, "officer"),
        lambda: administration.link(act, "officer", "https://id.example", "1"),
        lambda: administration.unlink(act, "officer"),
        lambda: desk.accounts.administration.unlock(act, "officer"),
    ):
        with pytest.raises((Forbidden, UnknownAccount)):
            attempt()
    assert users.find(OPERATOR, "officer").version == 1


def test_nobody_changes_their_own_rights(admin: Person, desk: Desk) -> None:
    users, administration = desk.accounts.users, desk.accounts.administration
    setup = Setup("0" * 64, users.find(OPERATOR, "admin").created_at)
    for attempt in (
        lambda: administration.change_rights(admin.act, "admin", frozenset({Role.SUPERVISOR}), None),
        lambda: administration.disable(admin.act, admin.id),
        lambda: administration.reset_password(admin.act, "admin", setup),
        lambda: administration.reset_totp(admin.act, "admin"),
        lambda: administration.link(admin.act, "admin", "https://id.example", "1"),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_the_last_administrator_stays(desk: Desk) -> None:
    """Somebody must be left who can do what an administrator could."""
    desk.person("chief", Role.ADMINISTRATOR, "national", totp=False)
    desk.new("district", Role.ADMINISTRATOR, DISTRICT)
    users, administration = desk.accounts.users, desk.accounts.administration
    for attempt in (
        lambda: administration.disable(OPERATOR, "chief"),
        lambda: administration.change_rights(OPERATOR, "chief", frozenset({Role.SUPERVISOR}), None),
        lambda: administration.change_rights(OPERATOR, "chief", None, Unit.of("27")),
    ):
        with pytest.raises(LastAdministrator):
            attempt()
    assert users.find(OPERATOR, "chief").disabled_at is None
    administration.disable(OPERATOR, "district")  # the chief is above
    desk.new("second", Role.ADMINISTRATOR, "national")
    assert administration.disable(OPERATOR, "chief").disabled_at


@pytest.mark.both_databases
def test_two_administrators_cannot_remove_each_other_at_once(desk: Desk) -> None:
    people = [desk.person(login, Role.ADMINISTRATOR, "national", totp=True) for login in ("one", "two")]
    acts = [person.act for person in people]
    start = threading.Barrier(2)

    def remove(which: int) -> str:
        start.wait()
        try:
            desk.accounts.administration.disable(acts[which], people[1 - which].login)
        except PehchanError as error:
            return error.code
        return "removed"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(remove, range(2)))
    assert answers == ["last_administrator", "removed"]


@pytest.mark.both_databases
def test_a_login_is_unique_across_units(admin: Person, desk: Desk) -> None:
    desk.new("taken", unit="29")
    with pytest.raises(LoginTaken):
        desk.accounts.request(
            admin.act, AccountChange.adding(NewUser("Taken ", "X", frozenset({Role.EXAMINER}), Unit.of(STATION)))
        )
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: _made(desk), range(4)))
    assert sorted(done) == [False, False, False, True]


def _made(desk: Desk) -> bool:
    try:
        desk.new("contested")
    except LoginTaken:
        return False
    return True


@pytest.mark.parametrize("login", ["", "ab", "a" * 41, "r patil", "r/patil", ".r", "r.", "आशा", "r\npatil", "a@b"])
def test_a_login_of_a_wrong_form_is_refused(desk: Desk, login: str) -> None:
    with pytest.raises(InvalidField):
        desk.new(login)


def test_roles_that_do_not_go_together_are_refused(desk: Desk) -> None:
    with pytest.raises(InvalidField):
        NewUser("robot", "Robot", frozenset({Role.MACHINE_CLIENT, Role.EXAMINER}), Unit())
    with pytest.raises(InvalidField):
        NewUser("nobody", "Nobody", frozenset(), Unit())
    desk.new("officer")
    with pytest.raises(InvalidField):
        desk.accounts.administration.change_rights(OPERATOR, "officer", frozenset({Role.MACHINE_CLIENT}), None)


def test_a_machine_has_no_password(desk: Desk) -> None:
    _, once = desk.new("robot", Role.MACHINE_CLIENT)
    assert once == ""
    for password in ("", PASSWORD):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials("robot", password))
    with pytest.raises(InvalidField):
        desk.accounts.reset_password(OPERATOR, "robot")
    with pytest.raises(InvalidField):
        desk.accounts.administration.link(OPERATOR, "robot", "https://id.example", "1")


def test_a_reset_password_ends_the_old_one_and_its_sessions(desk: Desk) -> None:
    person = desk.person("r.patil")
    _, once = desk.accounts.reset_password(OPERATOR, "r.patil")
    with pytest.raises(PehchanError):
        assert person.recognised
    with pytest.raises(WrongCredentials):
        person.sign_in()
    with pytest.raises(PehchanError, match="code"):  # the phone is still needed: whoever resets is not enough
        desk.accounts.sign_in(EnteredCredentials("r.patil", once, new_password="nine lamps by the river"))
    new = EnteredCredentials("r.patil", once, person.code(), "nine lamps by the river")
    assert desk.accounts.sign_in(new).user.id == person.id


def test_accounts_are_listed_a_page_at_a_time(desk: Desk) -> None:
    for number in range(5):
        desk.new(f"officer{number}")
    first = desk.accounts.users.list(OPERATOR, 3)
    rest = desk.accounts.users.list(OPERATOR, 3, first.after)
    assert [user.login for user in (*first.items, *rest.items)] == [f"officer{number}" for number in range(5)]
    assert rest.after is None
    with pytest.raises(InvalidField):
        desk.accounts.users.list(OPERATOR, 0)


def test_no_entry_of_the_log_names_a_person(admin: Person, desk: Desk, database: Database) -> None:
    desk.new("officer")
    with database.reading() as connection:
        held = repr(connection.execute(select(audit_entries)).all())
        names = connection.execute(select(users.c.name)).scalars().all()
    assert names
    assert not [name for name in names if name in held]
