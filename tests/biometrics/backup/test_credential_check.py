"""A restored station says which accounts, rights and credentials no entry of its audit log explains."""

from __future__ import annotations

from datetime import timedelta

import pytest
from account_examples import OPERATOR, administration, give_accounts
from sqlalchemy import Executable, insert, select, update

from biometrics.accounts.api_keys import Secret
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.backup.credential_check import check_credentials
from biometrics.kernel.access import Role, Unit
from biometrics.records.store import RecordStore
from biometrics.storage.tables.accounts import api_keys, user_identities, users

KEY = select(api_keys).where(api_keys.c.label == "gate").subquery()
FORGED_KEY = {"id": "00000000-0000-4000-8000-000000000001", "sha256": "0" * 64}
AS_ADMINISTRATOR = update(users).where(users.c.login == "officer").values(roles="administrator")


def unexplained(store: RecordStore) -> tuple[str, ...]:
    with store.database.reading() as connection:
        return check_credentials(connection).differing


@pytest.fixture
def accounts(store: RecordStore) -> RecordStore:
    """An officer with a provider's identity, machines with keys, one of them revoked, one account closed."""
    give_accounts(store.database)
    people = administration(store.database)
    new = NewUser("closed", "Closed", frozenset({Role.MACHINE_CLIENT}), Unit("27"))
    people.add(OPERATOR, new, None)
    people.add_key(OPERATOR, "closed", NewApiKey("old", timedelta(1)), Secret("pehchan_o", "e" * 64))
    people.disable(OPERATOR, "closed")
    people.change_rights(OPERATOR, "robot", None, Unit.of("27/519"))
    return store


def test_what_the_log_records_is_explained(accounts: RecordStore) -> None:
    assert unexplained(accounts) == ()


@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        (AS_ADMINISTRATOR, "account officer has the rights administrator"),
        (update(users).where(users.c.login == "robot").values(state_code="", district_code=""), "account robot has"),
        (update(users).where(users.c.login == "closed").values(disabled_at=None), "account closed is open"),
        (update(users).where(users.c.login == "officer").values(password_hash="x"), "account officer has a password"),
        (update(api_keys).where(api_keys.c.label == "gate").values(sha256="1" * 64), "is another one than was created"),
        (update(api_keys).where(api_keys.c.label == "old").values(revoked_at=None), "is valid, and was revoked"),
        (update(api_keys).where(api_keys.c.label == "gate").values(scopes="pehchan.audit.read"), "or other scopes"),
        (
            insert(user_identities).from_select(
                ["issuer", "subject", "user_id", "created_at", "confirmed_at"],
                select(users.c.name, users.c.name, users.c.id, users.c.created_at, users.c.created_at).where(
                    users.c.login == "officer"
                ),
            ),
            "account officer has an identity",
        ),
    ],
)
def test_what_no_entry_explains_is_named(accounts: RecordStore, forgery: Executable, told: str) -> None:
    with accounts.database.writing() as connection:
        connection.execute(forgery)
    assert [told in what for what in unexplained(accounts)] == [True]


def test_planted_accounts_and_keys_are_named(accounts: RecordStore) -> None:
    with accounts.database.writing() as connection:
        user = connection.execute(select(users).where(users.c.login == "robot")).one()._asdict()
        planted = FORGED_KEY["id"]
        connection.execute(users.insert().values(user | {"id": planted, "login": "planted"}))
        key = connection.execute(select(KEY)).one()._asdict()
        connection.execute(api_keys.insert().values(key | FORGED_KEY | {"prefix": "pehchan_p", "owner_id": planted}))
    assert unexplained(accounts) == ("account planted was never created", "API key pehchan_p was never created")
