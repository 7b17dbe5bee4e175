"""Compares accounts and their credentials with the audit log: finds rights and credentials that no entry explains.

A password or a secret of codes that was replaced is not found, because entries hold no digest of either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from biometrics.access.jurisdiction import unit_at
from biometrics.backup.verify import NAMED, CopyCheck
from biometrics.storage.audit.log import Action, digest
from biometrics.storage.tables.accounts import api_keys, user_identities, users
from biometrics.storage.tables.audit import audit_entries

_STREAMED: Final = 2000  # rows at a time


@dataclass
class _Account:
    """What the log says of an account: its roles and unit, and which credentials its owner has set up."""

    roles: list[str] = field(default_factory=list)
    unit: str = ""
    is_open: bool = True
    has_password: bool = False
    has_totp: bool = False
    identities: int = 0

    def give(self, rights: dict[str, Any]) -> None:
        self.roles, self.unit = rights["roles"], rights["unit"]


@dataclass
class _Key:
    owner: str
    scopes: list[str]
    digest: str
    is_revoked: bool = False


class _Log:
    """What the entries about accounts add up to."""

    def __init__(self, connection: Connection) -> None:
        self.accounts: dict[str, _Account] = {}
        self.keys: dict[str, _Key] = {}
        entries = audit_entries.c
        query = select(entries.action, entries.subject_id, entries.detail).where(entries.action.in_(_READ))
        for row in connection.execute(query.order_by(entries.number), execution_options={"yield_per": _STREAMED}):
            self._read(Action(row.action), row.subject_id, json.loads(row.detail))

    def _read(self, action: Action, subject: str, detail: dict[str, Any]) -> None:
        if action is Action.API_KEY_CREATED:
            self.keys[subject] = _Key(detail["owner"], detail["scopes"], detail["secret"])
        elif action is Action.API_KEY_REVOKED:
            if subject in self.keys:
                self.keys[subject].is_revoked = True
        elif action is Action.ACCOUNT_CREATED:
            self.accounts.setdefault(subject, _Account()).give(detail)
        elif account := self.accounts.get(subject):
            if action is Action.RIGHTS_CHANGED:
                account.give(detail["after"])
            elif action is Action.IDENTITY_CONFIRMED:
                account.identities += 1
            else:
                name, value = _CHANGES[action]
                setattr(account, name, value)
                if action in _ENDING_KEYS:
                    for key in self.keys.values():
                        key.is_revoked |= key.owner == subject


_CHANGES: Final[dict[Action, tuple[str, Any]]] = {
    Action.ACCOUNT_DISABLED: ("is_open", False),
    Action.ACCOUNT_ENABLED: ("is_open", True),
    Action.PASSWORD_CHANGED: ("has_password", True),
    Action.PASSWORD_RESET: ("has_password", False),
    Action.TOTP_ENROLLED: ("has_totp", True),
    Action.TOTP_RESET: ("has_totp", False),
    Action.ACCOUNT_UNLINKED: ("identities", 0),
}
_ENDING_KEYS: Final = (
    Action.ACCOUNT_DISABLED,
    Action.PASSWORD_RESET,
    Action.TOTP_RESET,
    Action.ACCOUNT_UNLINKED,
)
_READ: Final = [
    *_CHANGES,
    Action.ACCOUNT_CREATED,
    Action.RIGHTS_CHANGED,
    Action.IDENTITY_CONFIRMED,
    Action.API_KEY_CREATED,
    Action.API_KEY_REVOKED,
]


def check_credentials(connection: Connection) -> CopyCheck:
    """Compare all accounts and API keys with the audit log; `differing` says what no entry explains."""
    log = _Log(connection)
    confirmed = (
        select(func.count())
        .select_from(user_identities)
        .where(user_identities.c.user_id == users.c.id, user_identities.c.confirmed_at.is_not(None))
    )
    accounts = connection.execute(select(users, confirmed.scalar_subquery().label("identities"))).all()
    keys = connection.execute(select(api_keys).where(api_keys.c.revoked_at.is_(None))).all()
    unexplained = [
        *(f"account {row.login} {fault}" for row in accounts for fault in _faults(row, log.accounts.get(row.id))),
        *(f"API key {row.prefix} {fault}" for row in keys for fault in _key_faults(row, log.keys.get(row.id))),
    ]
    return CopyCheck(
        "accounts and API keys that the audit log explains",
        f"{len(accounts) + len(keys):,}",
        f"{len(unexplained):,} not explained",
        tuple(unexplained[:NAMED]),
    )


def _faults(row: Row[Any], logged: _Account | None) -> Iterator[str]:
    if logged is None:
        yield "was never created"
        return
    if sorted(row.roles.split(",")) != sorted(logged.roles) or unit_at(row).path != logged.unit:
        logged_rights = f"{','.join(logged.roles)} at {logged.unit!r}"
        yield f"has the rights {row.roles} at {unit_at(row).path!r}, and was last given {logged_rights}"
    if row.disabled_at is None and not logged.is_open:
        yield "is open, and was closed"
    if row.password_hash is not None and not logged.has_password:
        yield "has a password that its owner did not set"
    if row.totp_since is not None and not logged.has_totp:
        yield "has a phone that its owner did not set up"
    if row.identities > logged.identities:
        yield "has an identity at a provider that its owner did not confirm"


def _key_faults(row: Row[Any], logged: _Key | None) -> Iterator[str]:
    if logged is None:
        yield "was never created"
    elif logged.is_revoked:
        yield "is valid, and was revoked"
    elif row.owner_id != logged.owner or sorted(row.scopes.split()) != sorted(logged.scopes):
        yield "has another owner or other scopes than it was created with"
    elif digest(row.sha256) != logged.digest:
        yield "is another one than was created"
