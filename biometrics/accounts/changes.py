"""Changes of accounts that extend rights: they let a person or a program act, or act with more rights than before.

They need two people (`biometrics.accounts.two_people`). Taking rights away needs one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from biometrics.accounts.model import ApiKey, NewApiKey, NewUser, User, checked_roles, scopes_of
from biometrics.kernel.access import Role, Scope, Unit
from biometrics.kernel.technique.entry import stored

REQUEST_LIFETIME: Final = timedelta(days=7)  # of a request without an approval


class ChangeKind(StrEnum):
    """Kinds of changes that extend rights."""

    ADD = "add"
    RIGHTS = "rights"
    ENABLE = "enable"
    PASSWORD = "password"  # noqa: S105 - a word
    TOTP = "totp"
    KEY = "key"


@dataclass(frozen=True)
class AccountChange:
    """One change: of which account (empty for a new one), and all that it sets.

    Equal changes have the same effect: an approval holds for what was shown and nothing else.
    """

    kind: ChangeKind
    user_id: str = ""
    login: str = ""  # of a new account
    name: str | None = None
    roles: frozenset[Role] | None = None
    unit: Unit | None = None
    label: str = ""  # from here on: of an API key
    lifetime: timedelta | None = None
    scopes: frozenset[Scope] = frozenset()

    @classmethod
    def adding(cls, new: NewUser) -> Self:
        """Return the making of an account."""
        return cls(ChangeKind.ADD, "", new.login, new.name, new.roles, new.unit)

    @classmethod
    def making_key(cls, user_id: str, new: NewApiKey) -> Self:
        """Return the making of an API key of a program's account."""
        return cls(ChangeKind.KEY, user_id, label=new.label, lifetime=new.lifetime, scopes=new.scopes)

    @classmethod
    def of_json(cls, kind: ChangeKind, user_id: str, text: str) -> Self:
        """Read what `as_json` wrote; rules that came later do not matter."""
        content: dict[str, Any] = json.loads(text)
        roles, unit, seconds = content["roles"], content["unit"], content["lifetime"]
        return cls(
            kind,
            user_id,
            content["login"],
            content["name"],
            None if roles is None else frozenset(map(Role, roles)),
            None if unit is None else stored(Unit, *unit),
            content["label"],
            None if seconds is None else timedelta(seconds=seconds),
            frozenset(map(Scope, content["scopes"])),
        )

    def as_json(self) -> str:
        """Return the values that the change sets, as text for the database."""
        return json.dumps(
            {
                "login": self.login,
                "name": self.name,
                "roles": None if self.roles is None else sorted(self.roles),
                "unit": None if self.unit is None else [self.unit.state, self.unit.district, self.unit.station],
                "label": self.label,
                "lifetime": None if self.lifetime is None else self.lifetime.total_seconds(),
                "scopes": sorted(self.scopes),
            }
        )

    @property
    def new_user(self) -> NewUser:
        """The account to be made, of a change that makes one."""
        assert self.roles is not None, "it makes an account"
        assert self.unit is not None, "it makes an account"
        return NewUser(self.login, self.name or "", self.roles, self.unit)

    @property
    def new_key(self) -> NewApiKey:
        """The key to be made, of a change that makes one."""
        assert self.lifetime is not None, "it makes a key"
        return NewApiKey(self.label, self.lifetime, self.scopes)

    @property
    def hands_out_secret(self) -> bool:
        """Whether something is handed out that opens the account: a one-time password or an API key."""
        if self.kind is ChangeKind.ADD:
            return not any(role.is_machine for role in self.roles or ())
        return self.kind in (ChangeKind.PASSWORD, ChangeKind.KEY)


@dataclass(frozen=True)
class AccountRequest:
    """A change that waits for a second person; `user` is the account as it is now, None for a new one."""

    id: str
    change: AccountChange
    user: User | None
    requested_by: str
    requested_at: datetime

    @property
    def expires_at(self) -> datetime:
        """Until when it can be approved."""
        return self.requested_at + REQUEST_LIFETIME


@dataclass(frozen=True)
class Approved:
    """What an approved change made: the account as it is now, and the API key, if it made one."""

    change: AccountChange
    user: User
    key: ApiKey | None = None


def only_takes_rights(user: User, roles: frozenset[Role] | None, unit: Unit | None, name: str | None) -> bool:
    """Return whether other roles, another unit and another name leave an account with fewer rights and the same name.

    Raises:
        InvalidField: the roles do not go together.
    """
    within_scopes = roles is None or scopes_of(checked_roles(roles)) <= user.scopes
    return within_scopes and (unit is None or user.unit.covers(unit)) and name in (None, user.name)
