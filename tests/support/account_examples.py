"""People with accounts, and their phones."""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from argon2 import PasswordHasher
from phones import Phone

from api.accounts.accounts import Accounts
from api.accounts.passwords import Passwords
from api.accounts.values import EnteredCredentials, Recognised, Tokens
from biometrics.accounts.api_keys import Secret
from biometrics.accounts.credentials import CredentialStore, Proof
from biometrics.accounts.model import ApiKey, NewApiKey, NewUser
from biometrics.accounts.sessions import Method, begin
from biometrics.kernel.access import Act, Role, Unit, local_operator
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database
from biometrics.use_cases.accounts.account_administration import AccountAdministration

OPERATOR = local_operator("test")
PASSWORD = "seven lamps by the river"
STATION = "27/519/27519004"


def quick_passwords(time_cost: int = 1) -> Passwords:
    """Return real argon2id with the least that it takes, so that tests are quick."""
    return Passwords(PasswordHasher(time_cost=time_cost, memory_cost=64, parallelism=1))


def with_quick_passwords(accounts: Accounts) -> Accounts:
    """Return accounts of the same database that hash passwords quickly; those that verify them hash them again."""
    quick = copy.copy(accounts)
    quick._passwords = quick_passwords()
    return quick


@dataclass
class Person:
    """Somebody with an account, who knows the password and holds the phone."""

    accounts: Accounts
    login: str
    id: str
    phone: Phone | None = None
    tokens: Tokens | None = None
    password: str = PASSWORD

    def code(self) -> str:
        """Return a new code of the phone, "" without one."""
        return self.phone.code() if self.phone else ""

    def sign_in(self, device: str = "") -> Tokens:
        self.tokens = self.accounts.sign_in(EnteredCredentials(self.login, self.password, self.code(), device=device))
        return self.tokens

    @property
    def header(self) -> str:
        assert self.tokens
        return f"Bearer {self.tokens.access}"

    @property
    def recognised(self) -> Recognised:
        return self.accounts.recognition.by_header(self.header)

    @property
    def act(self) -> Act:
        recognised = self.recognised
        return Act(recognised.actor, address="192.0.2.7", credential=recognised.credential)

    def add_key(self, new: NewApiKey, owner: str = "") -> tuple[ApiKey, str]:
        """Make an API key, with what proves who it is."""
        proof = self.accounts.prove(self.recognised, self.password, self.code())
        return self.accounts.add_key(self.act, owner or self.login, new, proof)


def token_of(accounts: Accounts, login: str) -> str:
    """Begin a session of a person, as by a provider; return an access token that is good as long as a test takes."""
    user = accounts.users.find(OPERATOR, login)
    with accounts.users._database.writing() as connection:
        session = begin(connection, user, Method.PROVIDER, "", secrets.token_hex(32), accounts.rules.lifetimes)
    tokens = copy.copy(accounts._tokens)
    tokens.lifetime = timedelta(hours=10)
    return tokens.issue(user, session.id)


def confirmed_link(accounts: Accounts, login: str, issuer: str, subject: str) -> None:
    """Link an account to an identity at a provider, as its owner has confirmed it."""
    user = accounts.administration.link(OPERATOR, login, issuer, subject)
    proof = Proof(accounts._credentials.of_user(user.id))
    accounts._credentials.confirm_identity(Act(user.actor()), proof, issuer, subject)


@dataclass
class Desk:
    """Makes accounts on somebody's behalf."""

    accounts: Accounts
    act: Act

    def new(self, login: str, role: Role = Role.STATION_OFFICER, unit: str = STATION) -> tuple[str, str]:
        """Make an account; return its id and its one-time password."""
        user, once = self.accounts.add_user(self.act, NewUser(login, f"Name {login}", frozenset({role}), Unit.of(unit)))
        return user.id, once

    def person(
        self, login: str, role: Role = Role.STATION_OFFICER, unit: str = STATION, *, totp: bool = True
    ) -> Person:
        """Make an account whose owner has signed in for the first time, with a phone unless told otherwise."""
        user_id, once = self.new(login, role, unit)
        person = Person(self.accounts, login, user_id)
        person.tokens = self.accounts.sign_in(EnteredCredentials(login, once, new_password=PASSWORD))
        if totp:
            recognised = person.recognised
            person.phone = Phone(self.accounts.offer_totp(recognised)[0])
            self.accounts.begin_totp(Act(recognised.actor), recognised, person.code())
        return person


def administration(database: Database) -> AccountAdministration:
    """Return the administration of a database's accounts, with the master key of the tests."""
    return AccountAdministration(database, DataKeys(MasterKeys.of_environment()))


def give_accounts(database: Database) -> None:
    """Make the accounts of a program with a key, and of an officer whom a provider knows."""
    accounts = administration(database)
    new = NewUser("robot", "Gate", frozenset({Role.MACHINE_CLIENT}), Unit("27"))
    accounts.add(OPERATOR, new, None)
    accounts.add(OPERATOR, replace(new, login="officer", roles=frozenset({Role.STATION_OFFICER})), None)
    officer = accounts.link(OPERATOR, "officer", "https://id.example", "1")
    own = CredentialStore(database)
    own.confirm_identity(Act(officer.actor()), Proof(own.of_user(officer.id)), "https://id.example", "1")
    accounts.add_key(OPERATOR, "robot", NewApiKey("gate", timedelta(1)), Secret("pehchan_x", "f" * 64))
