"""What a person is recognised by, and the transaction in which they are: password, one-time code, session.

The hashes and the sealed secrets are made and understood elsewhere (`api.accounts`); here they are bytes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from biometrics.access.rights import unrestricted
from biometrics.accounts.model import User
from biometrics.accounts.sessions import Lifetimes, Method, Session, begin
from biometrics.accounts.throttle import Try, forget, remember_device, take_back
from biometrics.accounts.users import end_access, forget_devices, load_user, lock_account, user_of
from biometrics.kernel.access import Act
from biometrics.kernel.errors import Forbidden, NotFound, WrongCredentials
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.accounts import user_identities, users

WRONG = "The login, the password or the code is wrong; check them and try again."


@dataclass(frozen=True)
class Credentials:
    """What is kept of one account to recognise its owner by, as it was read."""

    user: User
    password_hash: str | None
    setup_sha256: str | None
    setup_until: datetime | None
    totp_sealed: bytes | None
    paper_sha256: str | None = None


class Replaced(StrEnum):
    """What a code on paper stands for, and what its owner replaces with it."""

    PASSWORD = "password"  # noqa: S105 - a word
    PHONE = "phone"


@dataclass(frozen=True)
class SignIn:
    """What was proved, and what is written with the session that it begins.

    `credentials` are what the proof was checked against: where they have changed since, the proof is void. `totp_step`
    is the time step of the code that was given. `new_hash` replaces the password's hash, and any one-time password.
    `replaced` is what the code on paper stood for: the code is used up, and all other access ends.
    """

    credentials: Credentials
    method: Method
    refresh_sha256: str
    device_sha256: str | None = None
    totp_step: int | None = None
    new_hash: str | None = None
    counted: Try | None = None
    replaced: Replaced | None = None


@dataclass(frozen=True)
class Proof:
    """A fresh proof of identity by a signed-in user, for one act that needs it.

    `credentials` are the state that the proof was checked against, `totp_step` the time step of the code, if any.
    """

    credentials: Credentials
    totp_step: int | None = None
    counted: Try | None = None


@unrestricted("an account's own credentials, after they were checked")
class CredentialStore:
    """What people are recognised by, in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_login(self, login: str) -> Credentials | None:
        """Return the credentials of a login, None where there is no such account."""
        with self._database.reading() as connection:
            return _load(connection, users.c.login == login.strip().lower())

    def of_user(self, user_id: str) -> Credentials:
        """Return the credentials of an account.

        Raises:
            UnknownAccount: there is none.
        """
        with self._database.reading() as connection:
            credentials = _load(connection, users.c.id == user_id)
            if credentials is None:
                load_user(connection, user_id)
            assert credentials is not None
            return credentials

    def sign_in(self, act: Act, proof: SignIn, lifetimes: Lifetimes) -> Session:
        """Begin a session; all that was proved holds still, or nothing is written.

        Raises:
            WrongCredentials: the code was used before, or the account was changed meanwhile.
        """
        with self._database.writing() as connection:
            user = _unchanged_account(connection, proof.credentials)
            if proof.totp_step is not None:
                _use_step(connection, user.id, proof.totp_step)
            if proof.new_hash is not None:
                _set_password(connection, user.id, proof.new_hash)
            if proof.replaced is not None:
                user = _use_paper(connection, user, proof.replaced)
            if proof.counted is not None:
                forget(connection, proof.counted)
            if proof.device_sha256 is not None:
                remember_device(connection, user.id, proof.device_sha256)
            session = begin(connection, user, proof.method, act.address, proof.refresh_sha256, lifetimes)
            act = replace(act, credential=session.credential)
            if proof.replaced is not None:
                audit.append(connection, act, Action.PAPER_CODE_USED, user.id, replaced=proof.replaced.value)
            if proof.credentials.setup_sha256 is not None and proof.new_hash is not None:
                audit.append(connection, act, Action.PASSWORD_CHANGED, user.id)
            audit.append(connection, act, Action.SIGNED_IN, user.id, session=session.id, method=proof.method.value)
            return session

    def rehash(self, credentials: Credentials, new_hash: str) -> None:
        """Keep another hash of the same password, unless the password was changed meanwhile."""
        same = (users.c.id == credentials.user.id, users.c.password_hash == credentials.password_hash)
        with self._database.noting() as connection:
            connection.execute(update(users).where(*same).values(password_hash=new_hash))

    def change_password(self, act: Act, credentials: Credentials, new_hash: str, session_id: str, counted: Try) -> None:
        """Replace the actor's own password; their other sessions and all their API keys end.

        Raises:
            WrongCredentials: the account was changed meanwhile.
        """
        with self._database.writing() as connection:
            user = _unchanged_account(connection, credentials)
            _set_password(connection, user.id, new_hash)
            forget(connection, counted)
            end_access(connection, user.id, "password changed", spared=session_id)
            audit.append(connection, act, Action.PASSWORD_CHANGED, user.id)

    def offer_totp(self, credentials: Credentials, sealed: bytes) -> None:
        """Keep a secret whose codes count once a first one has been given.

        Raises:
            WrongCredentials: there is one whose codes count already.
        """
        with self._database.writing() as connection:
            user = _unchanged_account(connection, credentials)
            if user.has_totp:
                raise WrongCredentials("One-time codes are on already; an administrator resets them.")
            connection.execute(update(users).where(users.c.id == user.id).values(totp_sealed=sealed))

    def begin_totp(self, act: Act, credentials: Credentials, step: int, counted: Try) -> None:
        """Ask for codes from now on: a first one, of this time step, has shown that the secret arrived.

        The try that was `counted` is taken back.

        Raises:
            WrongCredentials: the secret was changed meanwhile, or a code of this step was used before.
        """
        with self._database.writing() as connection:
            user = _unchanged_account(connection, credentials)
            _use_step(connection, user.id, step)
            connection.execute(update(users).where(users.c.id == user.id).values(totp_since=datetime.now(UTC)))
            take_back(connection, counted)
            audit.append(connection, act, Action.TOTP_ENROLLED, user.id)

    def confirm_identity(self, act: Act, proof: Proof, issuer: str, subject: str) -> None:
        """Allow the actor to sign in by an identity at an outside provider that was proposed for their account.

        Raises:
            NotFound: none was proposed.
            Forbidden, WrongCredentials: as for `use_proof`.
        """
        same_identity = (
            user_identities.c.user_id == act.actor.id,
            user_identities.c.issuer == issuer,
            user_identities.c.subject == subject,
            user_identities.c.confirmed_at.is_(None),
        )
        with self._database.writing() as connection:
            use_proof(connection, act, proof)
            confirmed = update(user_identities).where(*same_identity).values(confirmed_at=datetime.now(UTC))
            if not connection.execute(confirmed).rowcount:
                raise NotFound("There is no such identity to confirm; look at your account again.")
            lock_account(connection, act.actor.id)
            audit.append(connection, act, Action.IDENTITY_CONFIRMED, act.actor.id)

    def keep_paper(self, act: Act, proof: Proof, sha256: str) -> None:
        """Keep the digest of the actor's new code on paper; an earlier code is no longer good.

        Raises:
            Forbidden, WrongCredentials: as for `use_proof`.
        """
        with self._database.writing() as connection:
            use_proof(connection, act, proof)
            connection.execute(update(users).where(users.c.id == act.actor.id).values(paper_sha256=sha256))
            audit.append(connection, act, Action.PAPER_CODE_MADE, act.actor.id)

    def take_back(self, counted: Try) -> None:
        """Do not count a try for which something was missing and nothing wrong."""
        with self._database.noting() as connection:
            take_back(connection, counted)


def use_proof(connection: Connection, act: Act, proof: Proof | None) -> None:
    """Use up the actor's proof, in the transaction of the act that needs it.

    The local operator needs no proof: they have the server's files.

    Raises:
        Forbidden: nothing was proved.
        WrongCredentials: the account was changed meanwhile, or the code was used before.
    """
    if act.actor.is_local:
        return
    if proof is None or proof.credentials.user.id != act.actor.id:
        raise Forbidden("Give your password and the code that your phone shows now for this.")
    user = _unchanged_account(connection, proof.credentials)
    if proof.totp_step is not None:
        _use_step(connection, user.id, proof.totp_step)
    if proof.counted is not None:
        forget(connection, proof.counted)


def _load(connection: Connection, condition: Any) -> Credentials | None:
    row = connection.execute(select(users).where(condition)).first()
    if row is None:
        return None
    return Credentials(
        user_of(row), row.password_hash, row.setup_sha256, row.setup_until, row.totp_sealed, row.paper_sha256
    )


def _unchanged_account(connection: Connection, credentials: Credentials) -> User:
    """Return the account, held until the transaction ends, where what it is recognised by is as it was seen."""
    row = next(iter(hold(connection, Lock.ACCOUNT, select(users).where(users.c.id == credentials.user.id))), None)
    expected = (
        credentials.password_hash,
        credentials.setup_sha256,
        credentials.totp_sealed,
        credentials.paper_sha256,
        None,
    )
    if row is None or expected != (
        row.password_hash,
        row.setup_sha256,
        row.totp_sealed,
        row.paper_sha256,
        row.disabled_at,
    ):
        raise WrongCredentials(WRONG)
    return user_of(row)


def _use_step(connection: Connection, user_id: str, step: int) -> None:
    """Use up a code, and with it all before it."""
    unused = (users.c.id == user_id, (users.c.totp_step.is_(None)) | (users.c.totp_step < step))
    if not connection.execute(update(users).where(*unused).values(totp_step=step)).rowcount:
        raise WrongCredentials(WRONG)


def _use_paper(connection: Connection, user: User, replaced: Replaced) -> User:
    """Use up the code on paper of an account, end all access that it had, and notify its owner."""
    values: dict[str, Any] = {"paper_sha256": None}
    if replaced is Replaced.PHONE:
        values |= {"totp_sealed": None, "totp_since": None}
    connection.execute(update(users).where(users.c.id == user.id).values(values))
    end_access(connection, user.id, "code on paper")
    forget_devices(connection, user.id)
    is_phone = replaced is Replaced.PHONE
    kind = NotificationKind.TOTP_RESET if is_phone else NotificationKind.PASSWORD_RESET
    notify(connection, user.id, kind, str(uuid.uuid4()))
    return load_user(connection, user.id)


def _set_password(connection: Connection, user_id: str, new_hash: str) -> None:
    changed = {"password_hash": new_hash, "setup_sha256": None, "setup_until": None}
    connection.execute(update(users).where(users.c.id == user_id).values(changed))
