"""Accounts and their API keys within a unit of work.

Nobody changes their own rights, grants rights that they lack, or removes the last administrator; accounts of units that
are not below the actor's do not exist for them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, delete, select, update
from sqlalchemy.exc import IntegrityError

from biometrics.access.rights import needs, unrestricted
from biometrics.accounts.api_keys import NewApiKey, Secret, key_of, unknown_key
from biometrics.accounts.credentials import Proof, use_proof
from biometrics.accounts.model import NOT_FOR_KEYS, ApiKey, NewUser, User, check_may_give, checked_roles
from biometrics.accounts.users import (
    end_access,
    forget_devices,
    load_user,
    manageable,
    seen_account,
    touch,
    unknown,
    user_of,
)
from biometrics.kernel.access import Act, Role, Scope, Unit
from biometrics.kernel.errors import Forbidden, InvalidField, LastAdministrator, LoginTaken
from biometrics.kernel.ids import canonical_id
from biometrics.kernel.person import NAME_LENGTH, clean_text
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.accounts import ISSUER_LENGTH, SUBJECT_LENGTH, api_keys, user_identities, users
from biometrics.storage.transaction import Transaction


@dataclass(frozen=True)
class Setup:
    """A one-time password, as its SHA-256 (hex), and until when it is good."""

    sha256: str
    until: datetime


class AccountRepository:
    """The accounts that the actor manages. Hold an account before changing it."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.ACCOUNT_MANAGE)
    def get(self, user_id: str) -> User:
        """Return an account that this request changed, or added, as it is now.

        Raises:
            UnknownAccount: the actor knows of none: one of them was posted elsewhere since.
        """
        return seen_account(self._work.connection, self._act, user_id)

    @needs(Scope.ACCOUNT_MANAGE)
    def hold(self, id_or_login: str) -> User:
        """Lock an account whose rights the actor may change against other changes until the commit.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, or has rights that the actor lacks.
        """
        connection, act = self._work.connection, self._act
        # All administrators first, in one order: of two who remove each other the second must see what the first did.
        administrators = select(users.c.id).where(users.c.roles.contains(Role.ADMINISTRATOR.value)).order_by(users.c.id)
        hold(connection, Lock.ACCOUNT, administrators)
        account = seen_account(connection, act, id_or_login)
        (row,) = hold(connection, Lock.ACCOUNT, select(users).where(users.c.id == account.id))
        user = user_of(row)
        if user.id == act.actor.id:
            raise Forbidden("You cannot change your own rights or reset your own account; ask another administrator.")
        check_may_give(act, user.roles, user.unit)
        return user

    @needs(Scope.ACCOUNT_MANAGE)
    def add(self, new: NewUser, setup: Setup | None) -> User:
        """Add an account. A person's begins with a one-time password; a machine has keys, and none.

        Raises:
            Forbidden: the actor may not give such rights there.
            LoginTaken: another account has the login.
        """
        check_may_give(self._act, new.roles, new.unit)
        connection, message = self._work.connection, f"Another account has the login {new.login}; choose another."
        values = {
            "id": str(uuid.uuid4()),
            "login": new.login,
            "name": new.name,
            "created_at": datetime.now(UTC),
            "version": 1,
            **_rights(new.roles, new.unit),
            **_setup(setup),
        }
        if connection.execute(select(users.c.id).where(users.c.login == new.login)).first():
            raise LoginTaken(message)
        try:
            row = connection.execute(users.insert().values(values).returning(*users.c)).one()
        except IntegrityError as error:  # taken between our look and our insert
            raise LoginTaken(message) from error
        return user_of(row)

    @needs(Scope.ACCOUNT_MANAGE)
    def change_rights(self, user: User, roles: frozenset[Role] | None, unit: Unit | None, name: str | None) -> User:
        """Give an account other roles, another unit or another name; what is None stays.

        Raises:
            Forbidden: the actor may not give or take such rights there.
            LastAdministrator: the unit would have no administrator left.
            InvalidField: a machine would become a person's, or the reverse.
        """
        new_roles = user.roles if roles is None else checked_roles(roles)
        new_unit = user.unit if unit is None else unit
        if any(role.is_machine for role in new_roles) != user.is_machine:
            raise InvalidField("An account stays a person's or a program's; make another one.")
        check_may_give(self._act, new_roles, new_unit)
        values = _rights(new_roles, new_unit)
        if name is not None:
            values["name"] = clean_text("name of the account", name, NAME_LENGTH)
        self._update(user, values)
        self._check_administered(user)
        return self.get(user.id)

    @needs(Scope.ACCOUNT_MANAGE)
    def disable(self, user: User) -> None:
        """Close an account; its sessions and keys end at once.

        Raises:
            LastAdministrator: the unit would have no administrator left.
        """
        self._update(user, {"disabled_at": datetime.now(UTC), **_setup(None)})
        self._check_administered(user)
        end_access(self._work.connection, user.id, "disabled")
        forget_devices(self._work.connection, user.id)

    @needs(Scope.ACCOUNT_MANAGE)
    def enable(self, user: User) -> None:
        """Open a closed account again; its keys stay revoked."""
        self._update(user, {"disabled_at": None})

    @needs(Scope.ACCOUNT_MANAGE)
    def reset_password(self, user: User, setup: Setup) -> None:
        """Set a one-time password, end all sessions and API keys of the account, and notify its owner.

        Raises:
            Forbidden: the actor reset its codes too.
            InvalidField: a machine has no password.
        """
        if user.is_machine:
            raise InvalidField("A machine client has no password; give it an API key.")
        self._check_not_both(user, users.c.totp_reset_by)
        self._update(user, {"password_hash": None, "password_reset_by": self._act.actor.id, **_setup(setup)})
        end_access(self._work.connection, user.id, "password reset")
        forget_devices(self._work.connection, user.id)
        self._notify(user, NotificationKind.PASSWORD_RESET)

    @needs(Scope.ACCOUNT_MANAGE)
    def reset_totp(self, user: User) -> None:
        """Forget the secret of the one-time codes. All sessions and API keys of the account end.

        Raises:
            Forbidden: the actor reset its password too.
        """
        forgotten: dict[str, Any] = {"totp_sealed": None, "totp_since": None}
        if user.has_totp:  # the step stays: an old code is never good again
            self._check_not_both(user, users.c.password_reset_by)
            forgotten["totp_reset_by"] = self._act.actor.id
        self._update(user, forgotten)
        end_access(self._work.connection, user.id, "totp reset")
        self._notify(user, NotificationKind.TOTP_RESET)

    @needs(Scope.ACCOUNT_MANAGE)
    def link(self, user: User, issuer: str, subject: str) -> None:
        """Propose who an account's owner is at an outside provider.

        Raises:
            LoginTaken: another account has this identity.
            InvalidField: the issuer or the subject breaks its rule, or the account is a machine's.
        """
        if user.is_machine:
            raise InvalidField("A machine client does not sign in; give it an API key.")
        issuer = clean_text("issuer", issuer, ISSUER_LENGTH)
        subject = clean_text("subject", subject, SUBJECT_LENGTH)
        identities, connection = user_identities.c, self._work.connection
        owner = select(identities.user_id).where(identities.issuer == issuer, identities.subject == subject)
        if connection.execute(owner).first():
            raise LoginTaken("An account has this identity at the provider already; unlink it there first.")
        row = {"user_id": user.id, "created_at": datetime.now(UTC), "issuer": issuer, "subject": subject}
        connection.execute(user_identities.insert().values(row))
        self._notify(user, NotificationKind.IDENTITY_PROPOSED)

    @needs(Scope.ACCOUNT_MANAGE)
    def unlink(self, user: User) -> None:
        """Remove an account's identities at outside providers, and end the sessions begun with them."""
        connection = self._work.connection
        connection.execute(delete(user_identities).where(user_identities.c.user_id == user.id))
        touch(connection, user.id)
        end_access(connection, user.id, "unlinked")

    @property
    def _act(self) -> Act:
        return _actor(self._work)

    def _update(self, user: User, values: dict[str, Any]) -> None:
        self._work.connection.execute(update(users).where(users.c.id == user.id).values(values))

    def _notify(self, user: User, kind: NotificationKind) -> None:
        notify(self._work.connection, user.id, kind, str(uuid.uuid4()))

    def _check_not_both(self, user: User, other_by: Column[Any]) -> None:
        """Check that no administrator resets both the password and the codes of an account.

        With both they could sign in to it. The operator who runs commands on the server could do that anyway.
        """
        other = self._work.connection.execute(select(other_by).where(users.c.id == user.id)).scalar()
        if other == self._act.actor.id and not self._act.actor.is_local:
            raise Forbidden(
                "The same administrator cannot reset both the password and the phone of an account; ask another "
                "administrator for the second, or the operator of the server."
            )

    def _check_administered(self, before: User) -> None:
        """Check, after a change of an administrator's account, that the unit still has an administrator."""
        if Role.ADMINISTRATOR not in before.roles or before.disabled_at is not None:
            return
        is_administrator = users.c.roles.contains(Role.ADMINISTRATOR.value)
        administrators = select(users).where(is_administrator, users.c.disabled_at.is_(None))
        if not any(user_of(row).unit.covers(before.unit) for row in self._work.connection.execute(administrators)):
            raise LastAdministrator(
                f"The accounts of {before.unit.path} would have no administrator; appoint another administrator first."
            )


@unrestricted("keys of the actor's own account, or of one that `manageable` lets them manage")
class ApiKeyRepository:
    """The API keys of the actor's own account, and of accounts that they manage."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    def add(self, owner: str, new: NewApiKey, secret: Secret, proof: Proof | None = None) -> ApiKey:
        """Make a key for the actor's own account, or for a machine client that they manage.

        `proof` shows that the actor is present, by their password and code; only the local operator needs none.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is another person's account, the actor may not manage it, the key would do more than its
                owner may, or there is no proof.
            WrongCredentials: the proof is no longer valid.
        """
        connection, act, now = self._work.connection, _actor(self._work), datetime.now(UTC)
        user = manageable(connection, act, owner)
        if user.disabled_at is not None:
            raise unknown(owner)
        if user.id != act.actor.id and not user.is_machine:
            raise Forbidden(
                f"Only {user.login} can make an API key for this account, signed in; for a program, create a "
                "machine client's account instead."
            )
        scopes = _scopes(new, user, act)
        use_proof(connection, act, proof)
        values = {
            "id": str(uuid.uuid4()),
            "owner_id": user.id,
            "label": new.label,
            "prefix": secret.prefix,
            "sha256": secret.sha256,
            "scopes": " ".join(sorted(scopes)),
            "created_at": now,
            "expires_at": now + new.lifetime,
        }
        row = connection.execute(api_keys.insert().values(values).returning(*api_keys.c)).one()
        touch(connection, user.id)
        return key_of(row)

    def find(self, key: str) -> ApiKey:
        """Return a key of an account that the actor manages, by its id or by how it begins.

        Raises:
            UnknownApiKey: there is none, or it is of an account that the actor knows nothing of.
            Forbidden: the actor may not manage its owner.
        """
        connection, act = self._work.connection, _actor(self._work)
        by_name = (api_keys.c.id == canonical_id(key)) | (api_keys.c.prefix == key.strip())
        row = connection.execute(select(api_keys).where(by_name)).first()
        if row is None:
            raise unknown_key(key)
        owner = load_user(connection, row.owner_id)
        if not act.actor.unit.covers(owner.unit) and owner.id != act.actor.id:
            raise unknown_key(key)
        manageable(connection, act, owner.id)
        return key_of(row)

    def revoke(self, key: ApiKey) -> ApiKey:
        """End a key of `find` at once."""
        connection = self._work.connection
        revoked = update(api_keys).where(api_keys.c.id == key.id).values(revoked_at=datetime.now(UTC))
        row = connection.execute(revoked.returning(*api_keys.c)).one()
        touch(connection, key.owner_id)
        return key_of(row)


def _actor(work: Transaction) -> Act:
    assert work.act is not None, "a change of an account needs an actor"
    return work.act


def _scopes(new: NewApiKey, owner: User, act: Act) -> frozenset[Scope]:
    """Return what a key may do: at most what its owner may, and who makes it for themselves."""
    allowed = owner.scopes - NOT_FOR_KEYS
    if act.actor.id == owner.id:
        allowed &= act.actor.scopes
    scopes = new.scopes or allowed
    if more := scopes - allowed:
        raise Forbidden(f"{owner.login} may not do {', '.join(sorted(more))}, so no key of theirs may.")
    if not scopes:
        raise Forbidden(f"{owner.login} may do nothing that an API key can be for.")
    return scopes


def _rights(roles: frozenset[Role], unit: Unit) -> dict[str, str]:
    return {
        "roles": ",".join(sorted(roles)),
        "state_code": unit.state,
        "district_code": unit.district,
        "station_code": unit.station,
    }


def _setup(setup: Setup | None) -> dict[str, Any]:
    return {"setup_sha256": setup.sha256 if setup else None, "setup_until": setup.until if setup else None}
