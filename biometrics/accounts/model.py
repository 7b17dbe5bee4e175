"""Who has an account: people and machines, by what they are known and what was given to them.

A login is a handle, not a name: it may stand in logs. Nothing here holds a password, a key or a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from biometrics.kernel.access import CASEWORK, SCOPES, Act, Actor, Role, Scope, Unit
from biometrics.kernel.errors import Forbidden, InvalidField
from biometrics.kernel.technique.entry import stored
from biometrics.kernel.technique.text import NAME_LENGTH, clean_text

LOGIN_LENGTH = 40
LABEL_LENGTH = 100  # what an API key is for
LONGEST: Final = timedelta(days=366)  # that an API key lives

# What gives power over the installation itself, or over other accounts: only who has it may give it.
RESERVED: Final = SCOPES[Role.ADMINISTRATOR]

# Only a person in a session of their own may do these; no API key may.
NOT_FOR_KEYS: Final = RESERVED | CASEWORK

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


@dataclass(frozen=True)
class NewUser:
    """An account to be made.

    Raises:
        InvalidField: the login or the name breaks its rule, there is no role, or a machine has a person's roles too.
    """

    login: str
    name: str
    roles: frozenset[Role]
    unit: Unit

    def __post_init__(self) -> None:
        """Trim and check."""
        object.__setattr__(self, "login", clean_login(self.login))
        object.__setattr__(self, "name", clean_text("name of the account", self.name, NAME_LENGTH))
        object.__setattr__(self, "roles", checked_roles(self.roles))


@dataclass(frozen=True)
class NewApiKey:
    """A key to be made: what for, what it may do (all that its owner may, where empty), and for how long.

    Raises:
        InvalidField: the label is empty, the time is not from a minute to LONGEST, or a scope is not for keys.
    """

    label: str
    lifetime: timedelta
    scopes: frozenset[Scope] = frozenset()

    def __post_init__(self) -> None:
        """Trim and check."""
        object.__setattr__(self, "label", clean_text("label", self.label, LABEL_LENGTH))
        if not timedelta(minutes=1) <= self.lifetime <= LONGEST:
            raise InvalidField(f"An API key lives for a minute at least, and for {LONGEST.days} days at most.")
        if refused := self.scopes & NOT_FOR_KEYS:
            raise InvalidField(f"An API key cannot be for {', '.join(sorted(refused))}: a person signs in for that.")


@dataclass(frozen=True)
class User:
    """An account. `disabled_at` is None while it may be used; `setup_until` is how long a one-time code is good for.

    `version` grows with every change.
    """

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    unit: Unit
    created_at: datetime
    version: int
    disabled_at: datetime | None
    has_password: bool
    has_totp: bool
    setup_until: datetime | None

    @property
    def is_machine(self) -> bool:
        """Whether it is a program's, which has keys and no password."""
        return any(role.is_machine for role in self.roles)

    @property
    def scopes(self) -> frozenset[Scope]:
        """All that its roles let it do."""
        return scopes_of(self.roles)

    def actor(self, scopes: Iterable[Scope] | None = None) -> Actor:
        """Return the account as an actor, with all its scopes or with those of them in `scopes`."""
        allowed = self.scopes if scopes is None else self.scopes & frozenset(scopes)
        return stored(Actor, self.id, self.name, self.roles, allowed, self.unit)


@dataclass(frozen=True)
class ProviderIdentity:
    """An account owner's identity at an outside provider; it cannot be used to sign in until the owner confirms it."""

    issuer: str
    subject: str
    confirmed_at: datetime | None = field(
        metadata={"description": "null: proposed by an administrator, and not in effect yet"}
    )


@dataclass(frozen=True)
class ApiKey:
    """A key of an account; `prefix` is how it begins, by which its owner recognises it. `expires_at` always comes."""

    id: str
    owner_id: str
    label: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def clean_login(text: str) -> str:
    """Return a login as it is stored: in small letters, trimmed.

    Raises:
        InvalidField: it holds anything else than letters a to z, digits, dots, hyphens and underscores.
    """
    login = text.strip().lower()
    if not 3 <= len(login) <= LOGIN_LENGTH or not _LOGIN.fullmatch(login):
        raise InvalidField(
            f"A login has 3 to {LOGIN_LENGTH} of the letters a to z, digits and . _ - and begins and ends with "
            "a letter or digit, such as r.patil."
        )
    return login


def checked_roles(roles: Iterable[Role]) -> frozenset[Role]:
    """Return roles that one account may have together.

    Raises:
        InvalidField: there is none, or a machine's together with a person's.
    """
    checked = frozenset(roles)
    if not checked:
        raise InvalidField(f"An account needs a role; give one or more of {', '.join(Role)}.")
    if len(checked) > 1 and any(role.is_machine for role in checked):
        raise InvalidField("A machine client has no other role; make an account of its own for each program.")
    return checked


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return all scopes that some roles grant."""
    return frozenset(scope for role in roles for scope in role.scopes)


def check_may_give(act: Act, roles: Iterable[Role], unit: Unit) -> None:
    """Check that an actor may have accounts with such roles in such a unit, and change them.

    Raises:
        Forbidden: the actor may not manage accounts, the unit is not below theirs, or a role has powers over the
            installation that they lack themselves.
    """
    actor = act.actor
    if not actor.may(Scope.ACCOUNT_MANAGE):
        raise Forbidden("You don't have permission to manage accounts; ask an administrator of your unit.")
    if not actor.unit.covers(unit):
        raise Forbidden(f"The unit {unit.path} is not below yours, {actor.unit.path}; ask an administrator above.")
    if (scopes_of(roles) & RESERVED) - actor.scopes:
        raise Forbidden("You cannot grant rights that you do not have; ask an administrator.")
