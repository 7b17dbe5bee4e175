"""Accounts in the database: who has one, with what rights, where. Every change is one transaction and one audit entry.

Each method with an act allows only what its actor may do: accounts of units that are not below theirs do not exist for
them, and they cannot change their own rights, grant rights that they lack, or remove the last administrator.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Column, ColumnElement, Connection, Row, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from biometrics.common.idempotency import IdempotencyKey
from biometrics.common.request_context import RequestContext
from biometrics.domain.access import Act, Role, Scope, Unit, session_credential
from biometrics.domain.accounts import NewUser, User, check_may_give, checked_roles
from biometrics.domain.errors import Forbidden, InvalidField, LastAdministrator, LoginTaken, SecretShown, UnknownAccount
from biometrics.domain.person import NAME_LENGTH, clean_text
from biometrics.domain.watchlist import NotificationKind
from biometrics.records.access.jurisdiction import unit_at
from biometrics.records.access.rights import needs, unrestricted
from biometrics.records.accounts.tables import (
    ISSUER_LENGTH,
    SUBJECT_LENGTH,
    api_keys,
    user_devices,
    user_identities,
    user_sessions,
    users,
)
from biometrics.records.audit import log as audit
from biometrics.records.audit.log import Action
from biometrics.records.crypto.data_keys import DataKeys
from biometrics.records.crypto.tables import ACCOUNTS
from biometrics.records.database.engine import Database
from biometrics.records.database.locks import Lock, hold
from biometrics.records.database.paging import Page, paginate, require_limit
from biometrics.records.jobs.idempotency import Step
from biometrics.records.jobs.tables import webhooks
from biometrics.records.people.repository import canonical_id
from biometrics.records.watchlist.notifications import notify

MOST_LISTED = 200


@dataclass(frozen=True)
class Identity:
    """An account owner's identity at an outside provider; it cannot be used to sign in until the owner confirms it."""

    issuer: str
    subject: str
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Setup:
    """A one-time password, as its SHA-256 (hex), and until when it is good."""

    sha256: str
    until: datetime


@unrestricted("each method that reads for a user takes their act and shows what they manage, or themselves")
class AccountStore:
    """The accounts of a database."""

    def __init__(self, database: Database, key: IdempotencyKey | None = None) -> None:
        self._database = database
        self._key = key

    def for_request(self, key: IdempotencyKey | None) -> Self:
        """Return this store for one request: what it changes is changed once, however often the request arrives.

        Where the answer held a secret, a repeated request raises SecretShown; each raises KeyReused where the key was
        used for another request.
        """
        return type(self)(self._database, key)

    def user(self, user_id: str) -> User:
        """Return an account, without a check of access.

        Raises:
            UnknownAccount: there is none of this id.
        """
        with self._database.reading() as connection:
            return load_user(connection, user_id)

    def by_login(self, login: str) -> User | None:
        """Return the account with a login, without a check of access; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(users).where(users.c.login == login)).first()
            return None if row is None else user_of(row)

    def by_identity(self, issuer: str, subject: str) -> User | None:
        """Return the account whose owner confirmed this identity at an outside provider, None where there is none."""
        query = select(users).join(user_identities, user_identities.c.user_id == users.c.id)
        known = (
            user_identities.c.issuer == issuer,
            user_identities.c.subject == subject,
            user_identities.c.confirmed_at.is_not(None),
        )
        with self._database.reading() as connection:
            row = connection.execute(query.where(*known)).first()
            return None if row is None else user_of(row)

    def identities(self, user_id: str) -> tuple[Identity, ...]:
        """Return the identities of an account at outside providers, confirmed or not, the oldest first."""
        query = select(user_identities).where(user_identities.c.user_id == user_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(user_identities.c.created_at, user_identities.c.subject)).all()
        return tuple(Identity(row.issuer, row.subject, row.confirmed_at) for row in rows)

    def logins(self, act: Act, ids: Collection[str]) -> dict[str, str]:
        """Return by id the logins of those of some accounts that are of the actor's unit or below."""
        query = select(users.c.id, users.c.login).where(users.c.id.in_(ids), *_below(act.actor.unit))
        with self._database.reading() as connection:
            return {row.id: row.login for row in connection.execute(query)}

    def is_empty(self) -> bool:
        """Return whether there is no account yet."""
        with self._database.reading() as connection:
            return connection.execute(select(users.c.id).limit(1)).first() is None

    def find(self, act: Act, id_or_login: str) -> User:
        """Return an account of the actor's unit or below, by its id or its login.

        Raises:
            UnknownAccount: the actor knows of none.
        """
        with self._database.reading() as connection:
            return _seen(connection, act, id_or_login)

    def list(self, act: Act, limit: int = 50, after: str | None = None) -> Page[User, str]:
        """Return the accounts of the actor's unit and below, by login, at most `limit`.

        Raises:
            InvalidField: the limit is not from 1 to MOST_LISTED.
        """
        require_limit(limit, MOST_LISTED, "accounts")
        query = select(users).where(*_below(act.actor.unit), users.c.login > (after or "")).order_by(users.c.login)
        with self._database.reading() as connection:
            rows, place = paginate(connection.execute(query.limit(limit + 1)).all(), limit, lambda row: str(row.login))
        return Page(tuple(map(user_of, rows)), place)

    @needs(Scope.ACCOUNT_MANAGE)
    def add(self, act: Act, new: NewUser, setup: Setup | None) -> User:
        """Make an account. A person's begins with a one-time password; a machine has keys, and none.

        Raises:
            Forbidden: the actor may not give such rights there.
            LoginTaken: another account has the login.
        """
        check_may_give(act, new.roles, new.unit)
        user_id = str(uuid.uuid4())
        values = {
            "id": user_id,
            "login": new.login,
            "name": new.name,
            "created_at": datetime.now(UTC),
            "version": 1,
            **_rights(new.roles, new.unit),
            **_setup(setup),
        }

        def change(connection: Connection) -> str:
            if connection.execute(select(users.c.id).where(users.c.login == new.login)).first():
                raise LoginTaken(f"Another account has the login {new.login}; choose another.")
            _insert(connection, values, f"Another account has the login {new.login}; choose another.")
            audit.append(connection, act, Action.ACCOUNT_CREATED, user_id, **_shown(new.roles, new.unit))
            return user_id

        return self._changed(act, "account", change, shown=setup is not None)

    @needs(Scope.ACCOUNT_MANAGE)
    def change_rights(
        self, act: Act, id_or_login: str, roles: frozenset[Role] | None, unit: Unit | None, name: str | None = None
    ) -> User:
        """Give an account other roles, another unit or another name; what is None stays. It holds at once.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, or the actor may not give or take such rights there.
            LastAdministrator: the unit would have no administrator left.
            InvalidField: a machine would become a person's, or the reverse.
        """

        def change(connection: Connection) -> str:
            before = _held(connection, act, id_or_login)
            new_roles = before.roles if roles is None else checked_roles(roles)
            new_unit = before.unit if unit is None else unit
            if any(role.is_machine for role in new_roles) != before.is_machine:
                raise InvalidField("An account stays a person's or a program's; make another one.")
            check_may_give(act, new_roles, new_unit)
            values = _rights(new_roles, new_unit)
            if name is not None:
                values["name"] = clean_text("name of the account", name, NAME_LENGTH)
            connection.execute(update(users).where(users.c.id == before.id).values(values))
            _check_administered(connection, before)
            was, now = _shown(before.roles, before.unit), _shown(new_roles, new_unit)
            audit.append(connection, act, Action.RIGHTS_CHANGED, before.id, before=was, after=now)
            return before.id

        return self._changed(act, "rights", change)

    @needs(Scope.ACCOUNT_MANAGE)
    def disable(self, act: Act, id_or_login: str) -> User:
        """Close an account: its sessions and keys end at once, and it is not signed in to again until it is enabled.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, or has rights that the actor lacks.
            LastAdministrator: the unit would have no administrator left.
        """

        def change(connection: Connection) -> str:
            user = _held(connection, act, id_or_login)
            if user.disabled_at is None:
                changed = {"disabled_at": datetime.now(UTC), "setup_sha256": None, "setup_until": None}
                connection.execute(update(users).where(users.c.id == user.id).values(changed))
                _check_administered(connection, user)
                end_access(connection, user.id, "disabled")
                forget_devices(connection, user.id)
                audit.append(connection, act, Action.ACCOUNT_DISABLED, user.id)
            return user.id

        return self._changed(act, "disable", change)

    @needs(Scope.ACCOUNT_MANAGE)
    def enable(self, act: Act, id_or_login: str) -> User:
        """Open a closed account again; its keys stay revoked.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, or has rights that the actor lacks.
        """

        def change(connection: Connection) -> str:
            user = _held(connection, act, id_or_login)
            if user.disabled_at is not None:
                connection.execute(update(users).where(users.c.id == user.id).values(disabled_at=None))
                audit.append(connection, act, Action.ACCOUNT_ENABLED, user.id)
            return user.id

        return self._changed(act, "enable", change)

    @needs(Scope.ACCOUNT_MANAGE)
    def reset_password(self, act: Act, id_or_login: str, setup: Setup) -> User:
        """Set a one-time password, end all sessions and API keys of the account, and notify its owner.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, has rights that the actor lacks, or the actor reset its codes too.
            InvalidField: a machine has no password.
        """

        def change(connection: Connection) -> str:
            user = _held(connection, act, id_or_login)
            if user.is_machine:
                raise InvalidField("A machine client has no password; give it an API key.")
            _check_not_both(connection, act, user, users.c.totp_reset_by)
            changed = {"password_hash": None, "password_reset_by": act.actor.id} | _setup(setup)
            connection.execute(update(users).where(users.c.id == user.id).values(changed))
            end_access(connection, user.id, "password reset")
            forget_devices(connection, user.id)
            notify(connection, user.id, NotificationKind.PASSWORD_RESET, str(uuid.uuid4()))
            audit.append(connection, act, Action.PASSWORD_RESET, user.id)
            return user.id

        return self._changed(act, "password", change, shown=True)

    @needs(Scope.ACCOUNT_MANAGE)
    def reset_totp(self, act: Act, id_or_login: str) -> User:
        """Forget the secret of the one-time codes: a phone was lost. All sessions and API keys of the account end.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, has rights that the actor lacks, or the actor reset its password too.
        """

        def change(connection: Connection) -> str:
            user = _held(connection, act, id_or_login)
            forgotten: dict[str, Any] = {"totp_sealed": None, "totp_since": None}
            if user.has_totp:  # the step stays: an old code is never good again
                _check_not_both(connection, act, user, users.c.password_reset_by)
                forgotten["totp_reset_by"] = act.actor.id
            connection.execute(update(users).where(users.c.id == user.id).values(forgotten))
            end_access(connection, user.id, "totp reset")
            notify(connection, user.id, NotificationKind.TOTP_RESET, str(uuid.uuid4()))
            audit.append(connection, act, Action.TOTP_RESET, user.id)
            return user.id

        return self._changed(act, "totp", change)

    @needs(Scope.ACCOUNT_MANAGE)
    def link(self, act: Act, id_or_login: str, issuer: str, subject: str) -> User:
        """Propose who an account's owner is at an outside provider; it counts once they have confirmed it themselves.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, or has rights that the actor lacks.
            LoginTaken: another account has this identity.
            InvalidField: the issuer or the subject breaks its rule, or the account is a machine's.
        """
        identity = {
            "issuer": clean_text("issuer", issuer, ISSUER_LENGTH),
            "subject": clean_text("subject", subject, SUBJECT_LENGTH),
        }

        def change(connection: Connection) -> str:
            user = _held(connection, act, id_or_login)
            if user.is_machine:
                raise InvalidField("A machine client does not sign in; give it an API key.")
            known = select(user_identities.c.user_id).where(
                user_identities.c.issuer == identity["issuer"], user_identities.c.subject == identity["subject"]
            )
            if connection.execute(known).first():
                raise LoginTaken("An account has this identity at the provider already; unlink it there first.")
            connection.execute(
                user_identities.insert().values(user_id=user.id, created_at=datetime.now(UTC), **identity)
            )
            notify(connection, user.id, NotificationKind.IDENTITY_PROPOSED, str(uuid.uuid4()))
            audit.append(connection, act, Action.ACCOUNT_LINKED, user.id)
            return user.id

        return self._changed(act, "link", change)

    @needs(Scope.ACCOUNT_MANAGE)
    def unlink(self, act: Act, id_or_login: str) -> User:
        """Remove an account's identities at outside providers, and end the sessions begun with them.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is the actor's own, or has rights that the actor lacks.
        """

        def change(connection: Connection) -> str:
            user = _held(connection, act, id_or_login)
            connection.execute(delete(user_identities).where(user_identities.c.user_id == user.id))
            touch(connection, user.id)
            end_access(connection, user.id, "unlinked")
            audit.append(connection, act, Action.ACCOUNT_UNLINKED, user.id)
            return user.id

        return self._changed(act, "unlink", change)

    def _changed(self, act: Act, step: str, change: Callable[[Connection], str], *, shown: bool = False) -> User:
        """Carry out a change, unless this request did so before; `shown`: its answer held a password."""
        with self._database.writing() as connection:
            request = Step(connection, RequestContext(act, self._key), step)
            if (answer := request.answer()) is None:
                user_id = change(connection)
                request.remember({"id": user_id})
                return load_user(connection, user_id)
            if shown:
                raise SecretShown(
                    f"This request was carried out before, for the account {answer['id']}, and its one-time password "
                    "was in that answer; where it was lost, reset the password by a new request."
                )
            return load_user(connection, answer["id"])


def account_secret(database: Database, keys: DataKeys) -> bytes:
    """Return the 32 random bytes behind tokens and one-time codes, made where there are none yet."""
    with database.writing() as connection:
        return keys.obtain(connection, ACCOUNTS)


def load_user(connection: Connection, user_id: str) -> User:
    """Return an account.

    Raises:
        UnknownAccount: there is none of this id.
    """
    row = connection.execute(select(users).where(users.c.id == canonical_id(user_id))).first()
    if row is None:
        raise unknown(user_id)
    return user_of(row)


def user_of(row: Row[Any]) -> User:
    """Return the account of a row of `users`."""
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(map(Role, row.roles.split(","))),
        unit=unit_at(row),
        created_at=row.created_at,
        version=row.version,
        disabled_at=row.disabled_at,
        has_password=row.password_hash is not None,
        has_totp=row.totp_since is not None,
        setup_until=row.setup_until,
    )


def touch(connection: Connection, user_id: str) -> None:
    """Advance the version of an account after a change of something stored in another table."""
    connection.execute(update(users).where(users.c.id == user_id).values(version=users.c.version + 1))


def unknown(id_or_login: str) -> UnknownAccount:
    """Return the error for what no account is known by."""
    return UnknownAccount(f"There is no account {id_or_login} in your unit; check the login.")


def end_sessions(connection: Connection, user_id: str, because: str, spared: str | None = None) -> None:
    """End all sessions of an account, but one where it is given."""
    open_ones = (user_sessions.c.user_id == user_id, user_sessions.c.ended_at.is_(None))
    other = () if spared is None else (user_sessions.c.id != spared,)
    ended = {"ended_at": datetime.now(UTC), "ended_because": because}
    connection.execute(update(user_sessions).where(*open_ones, *other).values(ended))


def end_access(connection: Connection, user_id: str, because: str, spared: str | None = None) -> None:
    """End all sessions of an account, but one where it is given, its API keys, and with them what they started.

    A webhook that was made before its credential was noted ends, too.
    """
    end_sessions(connection, user_id, because, spared)
    now = datetime.now(UTC)
    keys = (api_keys.c.owner_id == user_id, api_keys.c.revoked_at.is_(None))
    connection.execute(update(api_keys).where(*keys).values(revoked_at=now))
    touch(connection, user_id)
    unnamed = (webhooks.c.owner == user_id, webhooks.c.credential == "")
    connection.execute(update(webhooks).where(*unnamed).values(credential=session_credential("none")))


def forget_devices(connection: Connection, user_id: str) -> None:
    """Treat every client of an account as a new one."""
    connection.execute(delete(user_devices).where(user_devices.c.user_id == user_id))


def manageable(connection: Connection, act: Act, id_or_login: str) -> User:
    """Return an account for a change that its owner may also make.

    Raises:
        UnknownAccount: the actor knows of none.
        Forbidden: the actor is not its owner, and may not manage it.
    """
    user = _seen(connection, act, id_or_login)
    if user.id != act.actor.id:
        check_may_give(act, user.roles, user.unit)
    return user


def _seen(connection: Connection, act: Act, id_or_login: str) -> User:
    text = id_or_login.strip()
    known = or_(users.c.id == canonical_id(text), users.c.login == text.lower())
    row = connection.execute(select(users).where(known, *_below(act.actor.unit))).first()
    if row is None:
        raise unknown(id_or_login)
    return user_of(row)


def _held(connection: Connection, act: Act, id_or_login: str) -> User:
    """Return an account whose rights the actor may change, locked against other changes until the commit."""
    # All administrators first, in one order: of two who remove each other the second must see what the first did.
    administrators = select(users.c.id).where(users.c.roles.contains(Role.ADMINISTRATOR.value)).order_by(users.c.id)
    hold(connection, Lock.ACCOUNT, administrators)
    account = _seen(connection, act, id_or_login)
    (row,) = hold(connection, Lock.ACCOUNT, select(users).where(users.c.id == account.id))
    user = user_of(row)
    if user.id == act.actor.id:
        raise Forbidden("You cannot change your own rights or reset your own account; ask another administrator.")
    check_may_give(act, user.roles, user.unit)
    return user


def _check_not_both(connection: Connection, act: Act, user: User, other_by: Column[Any]) -> None:
    """Check that no administrator resets both the password and the codes of an account.

    With both they could sign in to it. The operator who runs commands on the server could do that anyway.
    """
    other = connection.execute(select(other_by).where(users.c.id == user.id)).scalar()
    if other == act.actor.id and not act.actor.is_local:
        raise Forbidden(
            "The same administrator cannot reset both the password and the phone of an account; ask another "
            "administrator for the second, or the operator of the server."
        )


def _check_administered(connection: Connection, before: User) -> None:
    """Check, after a change of an administrator's account, that the unit still has an administrator."""
    if Role.ADMINISTRATOR not in before.roles or before.disabled_at is not None:
        return
    left = select(users).where(users.c.roles.contains(Role.ADMINISTRATOR.value), users.c.disabled_at.is_(None))
    if not any(user_of(row).unit.covers(before.unit) for row in connection.execute(left)):
        raise LastAdministrator(
            f"The accounts of {before.unit.path} would have no administrator; appoint another administrator first."
        )


def _insert(connection: Connection, values: dict[str, Any], taken: str) -> None:
    try:
        connection.execute(users.insert().values(values))
    except IntegrityError as error:  # taken between our look and our insert
        raise LoginTaken(taken) from error


def _below(unit: Unit) -> list[ColumnElement[bool]]:
    """Return the conditions for accounts of a unit and those below."""
    columns = (users.c.state_code, users.c.district_code, users.c.station_code)
    return [column == code for column, code in zip(columns, unit.codes, strict=False)]


def _rights(roles: frozenset[Role], unit: Unit) -> dict[str, str]:
    return {
        "roles": ",".join(sorted(roles)),
        "state_code": unit.state,
        "district_code": unit.district,
        "station_code": unit.station,
    }


def _setup(setup: Setup | None) -> dict[str, Any]:
    return {"setup_sha256": setup.sha256 if setup else None, "setup_until": setup.until if setup else None}


def _shown(roles: frozenset[Role], unit: Unit) -> dict[str, Any]:
    return {"roles": sorted(roles), "unit": unit.path}
