"""Makes the accounts from the settings."""

from __future__ import annotations

from datetime import timedelta

from api.accounts.accounts import Accounts
from api.accounts.secret_key import SecretKey
from api.accounts.values import Rules
from api.settings import Settings
from biometrics.accounts.users import account_secret
from biometrics.records.store import RecordStore


def accounts_of(settings: Settings, store: RecordStore) -> Accounts:
    """Return the accounts of an open store's database; all its servers have the same secret."""
    rules = Rules(
        access=timedelta(minutes=settings.access_minutes),
        session=timedelta(hours=settings.session_hours),
        idle=timedelta(minutes=settings.idle_minutes),
        totp_required=settings.totp_required,
    )
    key = SecretKey(account_secret(store.database, store.keys))
    return Accounts(store.database, store.keys, key, f"pehchan:{store.identity}", rules)
