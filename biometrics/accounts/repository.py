"""Accounts within a unit of work.

No actor changes their own rights, grants rights that they lack, or removes the last administrator; accounts of units
that are not below the actor's do not exist for them. Extending rights takes two people: see `two_people`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from biometrics.access.jurisdiction import codes_of
from biometrics.access.rights import needs
from biometrics.accounts.changes import AccountChange, ChangeKind, only_takes_rights
from biometrics.accounts.model import NewUser, User, check_may_give, checked_roles
from biometrics.accounts.throttle import unlock
from biometrics.accounts.two_people import TwoPeople
from biometrics.accounts.users import end_access, forget_devices, lock_account, manageable, seen_account, user_of
from biometrics.kernel.access import Act, Role, Scope, Unit
from biometrics.kernel.errors import Forbidden, InvalidField, LastAdministrator, LoginTaken
from biometrics.kernel.technique.text import NAME_LENGTH, clean_text
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.accounts import ISSUER_LENGTH, SUBJECT_LENGTH, user_identities, users
from biometrics.storage.transaction import Transaction


@dataclass(frozen=True)
class Setup:
    """A one-time password, as its SHA-256 (hex), and until when it is good."""

    sha256: str
    until: datetime


class AccountRepository:
    """The accounts that the actor manages. Hold an account before changing it."""

    def __init__(self, work: Transaction, two_people: TwoPeople) -> None:
        self._work = work
        self._two_people = two_people

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
            NeedsTwoPeople: no second person approved it.
            LoginTaken: another account has the login.
        """
        check_may_give(self._act, new.roles, new.unit)
        self._two_people.require(AccountChange.adding(new))
        self.check_free(new.login)
        connection = self._work.connection
        values = {
            "id": str(uuid.uuid4()),
            "login": new.login,
            "name": new.name,
            "created_at": datetime.now(UTC),
            "version": 1,
            **_rights(new.roles, new.unit),
            **_setup(setup),
        }
        try:
            user = user_of(connection.execute(users.insert().values(values).returning(*users.c)).one())
        except IntegrityError as error:  # taken between our look and our insert
            raise _login_taken(new.login) from error
        self._two_people.note_makers(user.id)
        return user

    @needs(Scope.ACCOUNT_MANAGE)
    def unlock(self, id_or_login: str) -> User:
        """Forget the wrong tries for an account, which may be the actor's own; return it.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: the actor may not manage it.
        """
        user = manageable(self._work.connection, self._act, id_or_login)
        unlock(self._work.connection, user.login)
        return user

    @needs(Scope.ACCOUNT_MANAGE)
    def check_free(self, login: str) -> None:
        """Check that no account has a login.

        Raises:
            LoginTaken: one has.
        """
        if self._work.connection.execute(select(users.c.id).where(users.c.login == login)).first():
            raise _login_taken(login)

    @needs(Scope.ACCOUNT_MANAGE)
    def change_rights(self, user: User, roles: frozenset[Role] | None, unit: Unit | None, name: str | None) -> User:
        """Give an account other roles, another unit or another name; what is None stays.

        Raises:
            Forbidden: the actor may not give or take such rights there.
            NeedsTwoPeople: no second person approved it, and it does more than take rights away.
            LastAdministrator: the unit would have no administrator left.
            InvalidField: a machine would become a person's, or the reverse.
        """
        takes = only_takes_rights(user, roles, unit, name)
        if not takes:
            self._two_people.require(AccountChange(ChangeKind.RIGHTS, user.id, name=name, roles=roles, unit=unit))
        new_roles, new_unit = self.check_rights(user, roles, unit)
        values = _rights(new_roles, new_unit)
        if name is not None:
            values["name"] = clean_text("name of the account", name, NAME_LENGTH)
        self._update(user, values)
        self._check_administered(user)
        if not takes:
            self._two_people.note_makers(user.id)
        return self.get(user.id)

    @needs(Scope.ACCOUNT_MANAGE)
    def check_rights(
        self, user: User, roles: frozenset[Role] | None, unit: Unit | None
    ) -> tuple[frozenset[Role], Unit]:
        """Return the roles and the unit that an account would have, if the actor may give them.

        Raises:
            Forbidden: the actor may not give or take such rights there.
            InvalidField: a machine would become a person's, or the reverse.
        """
        new_roles = user.roles if roles is None else checked_roles(roles)
        new_unit = user.unit if unit is None else unit
        if any(role.is_machine for role in new_roles) != user.is_machine:
            raise InvalidField("An account stays a person's or a program's; make another one.")
        check_may_give(self._act, new_roles, new_unit)
        return new_roles, new_unit

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
        """Open a closed account again; its keys stay revoked.

        Raises:
            NeedsTwoPeople: no second person approved it.
        """
        self._two_people.require(AccountChange(ChangeKind.ENABLE, user.id))
        self._update(user, {"disabled_at": None})
        self._two_people.note_makers(user.id)

    @needs(Scope.ACCOUNT_MANAGE)
    def reset_password(self, user: User, setup: Setup) -> None:
        """Set a one-time password, end all sessions and API keys of the account, and notify its owner.

        Raises:
            NeedsTwoPeople: no second person approved it.
            InvalidField: a machine has no password.
        """
        check_has_password(user)
        self._two_people.require(AccountChange(ChangeKind.PASSWORD, user.id))
        self._update(user, {"password_hash": None, "paper_sha256": None, **_setup(setup)})
        self._two_people.note_makers(user.id)
        end_access(self._work.connection, user.id, "password reset")
        forget_devices(self._work.connection, user.id)
        self._notify(user, NotificationKind.PASSWORD_RESET)

    @needs(Scope.ACCOUNT_MANAGE)
    def reset_totp(self, user: User) -> None:
        """Forget the secret of the one-time codes. All sessions and API keys of the account end.

        Raises:
            NeedsTwoPeople: no second person approved it.
        """
        self._two_people.require(AccountChange(ChangeKind.TOTP, user.id))
        self._update(user, {"totp_sealed": None, "totp_since": None, "paper_sha256": None})  # no old code is good again
        self._two_people.note_makers(user.id)
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
        lock_account(connection, user.id)
        end_access(connection, user.id, "unlinked")

    @property
    def _act(self) -> Act:
        assert self._work.act is not None, "a change of an account needs an actor"
        return self._work.act

    def _update(self, user: User, values: dict[str, Any]) -> None:
        self._work.connection.execute(update(users).where(users.c.id == user.id).values(values))

    def _notify(self, user: User, kind: NotificationKind) -> None:
        notify(self._work.connection, user.id, kind, str(uuid.uuid4()))

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


def check_has_password(user: User) -> None:
    """Check that an account is a person's.

    Raises:
        InvalidField: it is a machine's, which has no password.
    """
    if user.is_machine:
        raise InvalidField("A machine client has no password; give it an API key.")


def _login_taken(login: str) -> LoginTaken:
    return LoginTaken(f"Another account has the login {login}; choose another.")


def _rights(roles: frozenset[Role], unit: Unit) -> dict[str, str]:
    return {"roles": ",".join(sorted(roles)), **codes_of(unit)}


def _setup(setup: Setup | None) -> dict[str, Any]:
    return {"setup_sha256": setup.sha256 if setup else None, "setup_until": setup.until if setup else None}
