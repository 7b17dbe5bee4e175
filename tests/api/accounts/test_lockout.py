"""Guessing is slow, and is no way to keep a colleague out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from account_examples import OPERATOR, PASSWORD, Desk
from sqlalchemy import func, select, update

from api.accounts.values import EnteredCredentials
from biometrics.accounts import throttle as sign_in_guard
from biometrics.accounts.throttle import FREE_TRIES, LONGEST_WAIT, MOST_DEVICES, wait_after
from biometrics.kernel.errors import AccountLocked, CodeRequired, PehchanError, WrongCredentials
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import sign_in_failures, user_devices


def fail(desk: Desk, login: str, times: int = FREE_TRIES) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials(login, "wrong"))


def let_time_pass(database: Database, by: timedelta) -> None:
    with database.writing() as connection:
        for row in connection.execute(select(sign_in_failures)).all():
            locked = None if row.locked_until is None else row.locked_until - by
            changed = {"locked_until": locked, "failed_at": row.failed_at - by}
            same = sign_in_failures.c.device_sha256 == row.device_sha256
            connection.execute(update(sign_in_failures).where(same).values(changed))


def test_the_wait_grows_with_each_wrong_try_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(failures) for failures in (0, 1, FREE_TRIES - 1)] == [None] * 3
    waits = [wait_after(FREE_TRIES + more) for more in range(8)]
    assert [wait.total_seconds() for wait in waits if wait] == [30, 60, 120, 240, 480, 900, 900, 900]
    assert wait_after(10**9) == LONGEST_WAIT


def test_after_some_wrong_tries_even_the_right_password_waits(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil", totp=False)
    fail(desk, "r.patil")
    with pytest.raises(AccountLocked) as locked:
        person.sign_in()
    assert 0 < locked.value.retry_after <= 31
    let_time_pass(database, timedelta(seconds=31))
    person.sign_in()
    fail(desk, "r.patil", FREE_TRIES)  # counted from the beginning


def test_a_try_while_locked_does_not_lengthen_the_wait(desk: Desk) -> None:
    """Else whoever keeps trying would keep everybody out."""
    desk.person("r.patil", totp=False)
    fail(desk, "r.patil")
    before = desk.accounts.guard.failures("r.patil")
    for _ in range(3):
        with pytest.raises(AccountLocked):
            desk.accounts.sign_in(EnteredCredentials("r.patil", "wrong"))
    assert desk.accounts.guard.failures("r.patil") == before


def test_each_wrong_try_after_a_wait_waits_longer(desk: Desk, database: Database) -> None:
    desk.person("r.patil", totp=False)
    fail(desk, "r.patil")
    let_time_pass(database, timedelta(seconds=31))
    fail(desk, "R.PATIL", 1)
    with pytest.raises(AccountLocked) as locked:
        desk.accounts.sign_in(EnteredCredentials("r.patil", "wrong"))
    assert 31 < locked.value.retry_after <= 61


def test_a_login_that_does_not_exist_is_locked_too(desk: Desk) -> None:
    fail(desk, "nobody")
    with pytest.raises(AccountLocked):
        desk.accounts.sign_in(EnteredCredentials("nobody", "wrong"))


def test_strangers_do_not_lock_out_a_colleague_at_their_own_desk(desk: Desk) -> None:
    person = desk.person("r.patil")
    assert person.tokens
    device = person.tokens.device
    fail(desk, "r.patil")
    with pytest.raises(AccountLocked):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, "000000"))
    assert person.sign_in(device).device == device
    with pytest.raises(AccountLocked):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, "000000", device="made up"))


def test_a_known_client_is_counted_too(desk: Desk) -> None:
    """A stolen device's secret is no licence to guess."""
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    device = person.tokens.device
    for _ in range(FREE_TRIES):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials("r.patil", "wrong", device=device))
    with pytest.raises(AccountLocked):
        person.sign_in(device)
    person.sign_in()


def test_one_persons_client_is_a_stranger_to_another_account(desk: Desk) -> None:
    thief = desk.person("thief", totp=False)
    desk.person("victim", totp=False)
    assert thief.tokens
    fail(desk, "victim")
    with pytest.raises(AccountLocked):
        desk.accounts.sign_in(EnteredCredentials("victim", "wrong", device=thief.tokens.device))


def test_a_session_continues_while_the_login_is_locked(desk: Desk) -> None:
    person = desk.person("r.patil")
    assert person.tokens
    fail(desk, "r.patil")
    assert person.recognised
    assert desk.accounts.refresh(person.tokens.refresh)


def test_an_administrator_unlocks(desk: Desk) -> None:
    person = desk.person("r.patil", totp=False)
    fail(desk, "r.patil")
    desk.accounts.administration.unlock(OPERATOR, "r.patil")
    person.sign_in()


@pytest.mark.both_databases
def test_many_guesses_at_once_are_no_more_than_one_after_another(desk: Desk) -> None:
    desk.person("r.patil", totp=False)

    def attempt(number: int) -> str:
        try:
            desk.accounts.sign_in(EnteredCredentials("r.patil", f"guess {number}"))
        except PehchanError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert answers.count("wrong_credentials") <= FREE_TRIES
    assert answers.count("account_locked") >= 16 - FREE_TRIES


def test_asking_for_the_code_resets_no_count(desk: Desk) -> None:
    """Who has the password cannot guess codes for ever by starting again."""
    desk.person("r.patil")
    for _ in range(FREE_TRIES):
        with pytest.raises(CodeRequired):
            desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD))
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, "000000"))
    with pytest.raises(AccountLocked):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD))


def test_wrong_tries_are_forgotten_after_a_day(desk: Desk, database: Database) -> None:
    fail(desk, "nobody", 4)
    let_time_pass(database, sign_in_guard.FORGOTTEN + timedelta(minutes=1))
    fail(desk, "somebody.else", 1)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(sign_in_failures)).scalar_one() == 1


def test_the_number_of_known_clients_of_an_account_is_limited(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    first = person.tokens.device
    for number in range(MOST_DEVICES):
        with database.writing() as connection:
            sign_in_guard.remember_device(connection, person.id, f"{number:064}")
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(user_devices)).scalar_one() == MOST_DEVICES
    fail(desk, "r.patil")
    with pytest.raises(AccountLocked):
        person.sign_in(first)


def test_a_client_not_seen_for_long_is_a_stranger_again(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    with database.writing() as connection:
        connection.execute(update(user_devices).values(seen_at=datetime.now(UTC) - sign_in_guard.DEVICE_KNOWN))
    fail(desk, "r.patil")
    with pytest.raises(AccountLocked):
        person.sign_in(person.tokens.device)
