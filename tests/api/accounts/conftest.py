"""Accounts on each database in turn, with quick password hashes."""

from __future__ import annotations

import os

import pytest
from account_examples import OPERATOR, Desk, quick_passwords

from api.accounts.accounts import Accounts
from api.accounts.secret_key import SecretKey
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(
        database,
        DataKeys(MasterKeys.of_environment()),
        SecretKey(os.urandom(32)),
        "pehchan:test",
        passwords=quick_passwords(),
    )


@pytest.fixture
def desk(accounts: Accounts) -> Desk:
    """Where accounts are made and signed in to, on behalf of the local operator."""
    return Desk(accounts, OPERATOR)
