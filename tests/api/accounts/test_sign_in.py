"""Signing in, and going on with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from account_examples import OPERATOR, PASSWORD, Desk, Person, quick_passwords
from phones import Phone
from sqlalchemy import select, update

from api.accounts.accounts import Accounts
from api.accounts.secret_key import SecretKey
from api.accounts.values import EnteredCredentials
from biometrics.kernel.access import Act, Role
from biometrics.kernel.errors import (
    CodeRequired,
    PasswordChangeRequired,
    PehchanError,
    Unauthenticated,
    WeakPassword,
    WrongCredentials,
)
from biometrics.storage.audit.log import Action
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import refresh_tokens, user_sessions, users
from biometrics.storage.tables.audit import audit_entries


def actions(database: Database) -> list[str]:
    with database.reading() as connection:
        query = select(audit_entries.c.action).order_by(audit_entries.c.number)
        return list(connection.execute(query).scalars())


def test_a_new_account_has_no_password_but_one_for_a_single_use(desk: Desk, database: Database) -> None:
    """There is never a default password: what the operator hands over is random, and is good once."""
    _, once = desk.new("r.patil")
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", ""))
    with pytest.raises(PasswordChangeRequired):
        desk.accounts.sign_in(EnteredCredentials("r.patil", once))
    with pytest.raises(WeakPassword):
        desk.accounts.sign_in(EnteredCredentials("r.patil", once, new_password="short"))
    with pytest.raises(WeakPassword):
        desk.accounts.sign_in(EnteredCredentials("r.patil", once, new_password=once))
    desk.accounts.sign_in(EnteredCredentials("R.Patil ", once.upper().replace("-", " "), new_password=PASSWORD))
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", once, new_password="another one of mine"))
    assert actions(database) == [Action.ACCOUNT_CREATED, Action.PASSWORD_CHANGED, Action.SIGNED_IN]


def test_a_one_time_password_is_good_for_three_days(desk: Desk, database: Database) -> None:
    _, once = desk.new("r.patil")
    with database.writing() as connection:
        connection.execute(update(users).values(setup_until=datetime.now(UTC)))
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", once, new_password=PASSWORD))


def test_until_a_phone_is_enrolled_nothing_else_is_allowed(desk: Desk) -> None:
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    assert person.tokens.must_enrol_totp
    assert (person.recognised.actor.scopes, person.recognised.actor.roles) == (frozenset(), frozenset())
    secret, uri = desk.accounts.offer_totp(person.recognised)
    assert uri.startswith("otpauth://totp/Pehchan:r.patil?secret=")
    person.phone = Phone(secret)
    with pytest.raises(WrongCredentials):
        desk.accounts.begin_totp(person.act, person.recognised, "000000")
    desk.accounts.begin_totp(person.act, person.recognised, person.code())
    assert person.recognised.actor.scopes == Role.STATION_OFFICER.scopes
    with pytest.raises(WrongCredentials):
        desk.accounts.offer_totp(person.recognised)


def test_somebody_with_a_phone_needs_its_code(desk: Desk) -> None:
    person = desk.person("r.patil")
    with pytest.raises(CodeRequired):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD))
    with pytest.raises(CodeRequired):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, ""))
    for wrong in ("000000", "abcdef"):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, wrong))
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", "wrong password", person.code()))
    assert person.sign_in().user.login == "r.patil"


def test_a_right_code_in_other_digits_is_refused(desk: Desk) -> None:
    person = desk.person("r.patil")
    devanagari = str.maketrans("0123456789", "०१२३४५६७८९")
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, person.code().translate(devanagari)))


def test_a_code_is_never_accepted_twice(desk: Desk) -> None:
    person = desk.person("r.patil")
    code = person.code()
    desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, code))
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, code))


@pytest.mark.both_databases
def test_one_code_sent_many_times_at_once_is_accepted_once(desk: Desk) -> None:
    person = desk.person("r.patil")
    code = person.code()

    def attempt(_: int) -> bool:
        try:
            desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD, code))
        except PehchanError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1


def test_a_failed_sign_in_does_not_say_what_was_wrong(desk: Desk) -> None:
    desk.person("r.patil", totp=False)
    desk.person("gone", totp=False)
    desk.accounts.administration.disable(OPERATOR, "gone")
    message = set()
    for login, password in (("nobody", PASSWORD), ("gone", PASSWORD), ("r.patil", "wrong"), ("", "")):
        with pytest.raises(WrongCredentials) as refused:
            desk.accounts.sign_in(EnteredCredentials(login, password))
        message.add((refused.value.code, refused.value.message))
    assert len(message) == 1


def test_an_unknown_login_costs_as_much_hashing_as_a_known_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the time tells who has an account."""
    desk.person("r.patil", totp=False)
    desk.new("fresh")
    hasher = desk.accounts._passwords._hasher
    verified: list[str] = []
    original = type(hasher).verify

    def counting(self: object, stored: str, password: str) -> bool:
        verified.append(stored.rsplit("$", 2)[0])  # its kind and parameters
        return original(self, stored, password)  # type: ignore[arg-type]

    monkeypatch.setattr(type(hasher), "verify", counting)
    for login in ("nobody", "r.patil", "fresh"):
        with pytest.raises(WrongCredentials):
            desk.accounts.sign_in(EnteredCredentials(login, "wrong"))
    assert len(verified) == 3
    assert len(set(verified)) == 1


def test_a_hash_of_older_parameters_is_replaced_at_sign_in(desk: Desk, database: Database, tmp_path: object) -> None:
    desk.person("r.patil", totp=False)
    stronger = quick_passwords(time_cost=2)
    desk.accounts._passwords = stronger
    desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD))
    with database.reading() as connection:
        stored = connection.execute(select(users.c.password_hash)).scalar_one()
    assert not stronger.is_outdated(stored)
    assert stored.startswith("$argon2id$")
    desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD))


def test_secrets_are_not_in_the_database(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil")
    assert person.phone
    tokens = person.sign_in()
    with database.reading() as connection:
        held = repr(connection.execute(select(users)).all()) + repr(connection.execute(select(refresh_tokens)).all())
        held += repr(connection.execute(select(audit_entries)).all())
    for secret in (PASSWORD, person.phone.secret, tokens.refresh, tokens.access, tokens.device):
        assert secret not in held


def test_a_sealed_secret_opens_for_its_own_account_only(desk: Desk, database: Database) -> None:
    """Whoever can write to the database cannot put their phone in another's place."""
    victim, thief = desk.person("victim"), desk.person("thief")
    with database.writing() as connection:
        sealed = connection.execute(select(users.c.totp_sealed).where(users.c.id == thief.id)).scalar_one()
        connection.execute(update(users).where(users.c.id == victim.id).values(totp_sealed=sealed))
    with pytest.raises(PehchanError) as refused:
        desk.accounts.sign_in(EnteredCredentials("victim", PASSWORD, thief.code()))
    assert refused.value.code == "decryption_failed"


def test_a_refresh_token_is_exchanged_and_its_second_use_ends_the_session(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil", totp=False)
    first = person.tokens
    assert first
    second = desk.accounts.refresh(first.refresh)
    third = desk.accounts.refresh(second.refresh)
    assert desk.accounts.recognition.by_header(f"Bearer {third.access}").user.id == person.id
    with pytest.raises(WrongCredentials):
        desk.accounts.refresh(first.refresh)
    for dead in (third, second, first):
        with pytest.raises(Unauthenticated, match="ended"):
            desk.accounts.recognition.by_header(f"Bearer {dead.access}")
    with pytest.raises(WrongCredentials):
        desk.accounts.refresh(third.refresh)
    assert actions(database)[-1] == Action.TOKEN_REUSED


@pytest.mark.both_databases
def test_one_refresh_token_used_many_times_at_once_ends_the_session(desk: Desk) -> None:
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    old = person.tokens.refresh

    def attempt(_: int) -> bool:
        try:
            desk.accounts.refresh(old)
        except PehchanError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.by_header(person.header)


def test_a_session_ends_for_good_after_its_time(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    with database.writing() as connection:
        connection.execute(update(user_sessions).values(expires_at=datetime.now(UTC)))
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.by_header(person.header)
    with pytest.raises(WrongCredentials):
        desk.accounts.refresh(person.tokens.refresh)


def test_a_session_that_nobody_uses_ends(desk: Desk, database: Database) -> None:
    person = desk.person("r.patil", totp=False)
    assert person.tokens
    with database.writing() as connection:
        connection.execute(update(refresh_tokens).values(expires_at=datetime.now(UTC)))
    with pytest.raises(WrongCredentials):
        desk.accounts.refresh(person.tokens.refresh)


def test_sessions_of_long_ago_are_forgotten(desk: Desk, database: Database) -> None:
    desk.person("r.patil", totp=False)
    assert desk.accounts.sessions.sweep() == 0
    with database.writing() as connection:
        connection.execute(update(user_sessions).values(expires_at=datetime.now(UTC) - timedelta(days=31)))
    assert desk.accounts.sessions.sweep() == 1


def another_password(person: Person) -> None:
    recognised = person.recognised
    person.accounts.change_password(Act(recognised.actor), recognised, person.password, "eight lamps by the river")
    person.password = "eight lamps by the river"


def test_a_changed_password_ends_all_other_sessions(desk: Desk) -> None:
    person = desk.person("r.patil", totp=False)
    stolen = person.header
    person.sign_in()
    with pytest.raises(WrongCredentials):
        desk.accounts.change_password(person.act, person.recognised, "not mine", "eight lamps by the river")
    with pytest.raises(WeakPassword):
        desk.accounts.change_password(person.act, person.recognised, PASSWORD, PASSWORD)
    another_password(person)
    assert person.recognised
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.by_header(stolen)
    with pytest.raises(WrongCredentials):
        desk.accounts.sign_in(EnteredCredentials("r.patil", PASSWORD))
    person.sign_in()


def test_a_lost_phone_is_replaced(desk: Desk) -> None:
    person = desk.person("r.patil")
    desk.accounts.administration.reset_totp(OPERATOR, "r.patil")
    with pytest.raises(Unauthenticated):
        desk.accounts.recognition.by_header(person.header)
    found_by_a_thief, lost = person.code(), person.phone
    assert lost
    person.phone = None
    assert person.sign_in().must_enrol_totp
    new, _ = desk.accounts.offer_totp(person.recognised)
    with pytest.raises(WrongCredentials):
        desk.accounts.begin_totp(person.act, person.recognised, found_by_a_thief)
    person.phone = Phone(new, lost.given)
    desk.accounts.begin_totp(person.act, person.recognised, person.code())
    assert person.recognised.actor.scopes


def test_tokens_of_another_installation_are_worth_nothing(desk: Desk, database: Database, tmp_path: object) -> None:
    person = desk.person("r.patil", totp=False)
    for key, issuer in ((SecretKey(b"x" * 32), "pehchan:test"), (None, "pehchan:other")):
        other = Accounts(
            database, DataKeys(MasterKeys.of_environment()), key or _same_key(desk), issuer, passwords=quick_passwords()
        )
        with pytest.raises(Unauthenticated):
            other.recognition.by_header(person.header)


def _same_key(desk: Desk) -> SecretKey:
    class Same(SecretKey):
        def derived(self, purpose: str) -> bytes:
            return desk.accounts._tokens._key.raw_value  # type: ignore[no-any-return]

    return Same(b"")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic cjpw", "Bearer x.y.z", "Bearer pehchan_none"])
def test_malformed_credentials_are_refused(accounts: Accounts, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        accounts.recognition.by_header(header)
