"""The rule that extending rights takes two people: one requests it, another approves it.

Every method that extends rights (`AccountRepository`, `ApiKeyRepository`) calls `TwoPeople.require`, whichever
interface called it. The two must not have made each other, nor have a common maker, in the last 30 days, also through
other accounts: who made an account held half of what opens it. The operator who runs commands on the server needs
no second person, because they have the server's files.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from biometrics.access.independence import require_independent
from biometrics.access.rights import needs, unrestricted
from biometrics.accounts.api_keys import Secret
from biometrics.accounts.changes import REQUEST_LIFETIME, AccountChange, AccountRequest, ChangeKind
from biometrics.accounts.model import User, check_may_give
from biometrics.accounts.users import load_user
from biometrics.kernel.access import Act, Scope, Unit, is_local
from biometrics.kernel.errors import Forbidden, NeedsTwoPeople, UnknownAccountRequest
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold, remove_unlocked
from biometrics.storage.tables.accounts import account_makers, account_requests
from biometrics.storage.transaction import Transaction

NEEDED = (
    "This takes two administrators: request it, and another approves it who was not made by you, nor you by them, "
    "in the last 30 days. The operator of the server can approve it, too: pehchan user request approve."
)


class TwoPeople:
    """The requests of a unit of work, and the one that it approves."""

    def __init__(self, work: Transaction) -> None:
        self._work = work
        self._approved: AccountRequest | None = None

    @unrestricted("it only refuses")
    def require(self, change: AccountChange) -> None:
        """Check that two people want exactly this change.

        Raises:
            NeedsTwoPeople: one person does.
        """
        if not self._act.actor.is_local and (self._approved is None or self._approved.change != change):
            raise NeedsTwoPeople(NEEDED)

    @unrestricted("it notes who made an account, after `require`")
    def note_makers(self, user_id: str) -> None:
        """Note who made an account, so that they and it do not approve for each other."""
        if self._approved is None:
            return
        now = datetime.now(UTC)
        makers = {self._approved.requested_by, self._act.actor.id}
        people = [maker for maker in sorted(makers) if not is_local(maker)]
        rows = [{"id": str(uuid.uuid4()), "user_id": user_id, "maker_id": maker, "made_at": now} for maker in people]
        if rows:
            self._work.connection.execute(account_makers.insert(), rows)

    @needs(Scope.ACCOUNT_MANAGE)
    def request(self, change: AccountChange, first: Secret | None) -> AccountRequest:
        """Keep a change for another person to approve; `first` is the half of a secret that its requester has.

        Raises:
            Forbidden: the actor may not make the change, or is the local operator, who makes it alone.
            UnknownAccount: there is no such account.
        """
        if self._act.actor.is_local:
            raise Forbidden("The local operator requests no change of an account: 'pehchan user' makes it.")
        connection, now = self._work.connection, datetime.now(UTC)
        user = load_user(connection, change.user_id) if change.user_id else None
        _check_may_make(self._act, change, user)
        remove_unlocked(connection, account_requests, account_requests.c.requested_at < now - REQUEST_LIFETIME)
        request = AccountRequest(str(uuid.uuid4()), change, user, self._act.actor.id, now)
        row = {
            "id": request.id,
            "kind": change.kind.value,
            "user_id": change.user_id or None,
            "content": change.as_json(),
            "requested_by": self._act.actor.id,
            "requested_at": now,
            "first_prefix": first.prefix if first else None,
            "first_sha256": first.sha256 if first else None,
        }
        connection.execute(account_requests.insert().values(row))
        return request

    @needs(Scope.ACCOUNT_MANAGE)
    def approve(self, request_id: str) -> tuple[AccountRequest, Secret | None]:
        """Approve a change that another person requested; return it, and the half of its secret.

        Raises:
            UnknownAccountRequest: there is none, or it has expired.
            NeedsTwoPeople: the two are one person, or one made the other.
            Forbidden: the actor, or who requested it, may not make the change.
        """
        row = self._lock_request(request_id)
        request, act = _request_of(self._work.connection, row), self._act
        _check_may_make(act, request.change, request.user)
        requester = load_user(self._work.connection, request.requested_by)
        if requester.disabled_at is not None:
            raise NeedsTwoPeople("The account that requested this is closed; withdraw the request.")
        _check_may_make(Act(requester.actor()), request.change, request.user)
        if not act.actor.is_local:
            require_independent(self._work.connection, act.actor.id, requester.id)
        self._work.connection.execute(delete(account_requests).where(account_requests.c.id == row.id))
        self._approved = request
        return request, Secret(row.first_prefix or "", row.first_sha256) if row.first_sha256 else None

    @needs(Scope.ACCOUNT_MANAGE)
    def withdraw(self, request_id: str) -> AccountRequest:
        """Remove a request; each administrator who might approve it may, and who made it.

        Raises:
            UnknownAccountRequest: there is none, or it has expired.
            Forbidden: the actor may not make the change.
        """
        row = self._lock_request(request_id)
        request = _request_of(self._work.connection, row)
        if request.requested_by != self._act.actor.id:
            _check_may_make(self._act, request.change, request.user)
        self._work.connection.execute(delete(account_requests).where(account_requests.c.id == row.id))
        return request

    def _lock_request(self, request_id: str) -> Row[Any]:
        """Return a request, locked; of units that the actor does not manage there is none."""
        query = select(account_requests).where(account_requests.c.id == canonical_id(request_id), _current())
        row = next(iter(hold(self._work.connection, Lock.ACCOUNT, query)), None)
        if row is None or not _is_seen(self._act, _request_of(self._work.connection, row)):
            raise UnknownAccountRequest(
                "There is no such request in your unit; it may have been approved or withdrawn."
            )
        return row

    @property
    def _act(self) -> Act:
        assert self._work.act is not None, "a change of an account needs an actor"
        return self._work.act


class AccountRequestReader:
    """The requests of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @needs(Scope.ACCOUNT_MANAGE)
    def list(self, act: Act) -> list[AccountRequest]:
        """Return the requests about accounts of the actor's unit and below, the oldest first."""
        query = select(account_requests).where(_current())
        query = query.order_by(account_requests.c.requested_at, account_requests.c.id)
        with self._database.reading() as connection:
            requests = [_request_of(connection, row) for row in connection.execute(query).all()]
        return [request for request in requests if _is_seen(act, request)]


def joined(first_sha256: str, second_sha256: str) -> str:
    """Return the digest by which a secret of two halves is recognised, from the digests (hex) of the halves."""
    return sha256((first_sha256 + second_sha256).encode()).hexdigest()


def _current() -> Any:
    return account_requests.c.requested_at >= datetime.now(UTC) - REQUEST_LIFETIME


def _request_of(connection: Connection, row: Row[Any]) -> AccountRequest:
    change = AccountChange.of_json(ChangeKind(row.kind), row.user_id or "", row.content)
    user = load_user(connection, row.user_id) if row.user_id else None
    return AccountRequest(row.id, change, user, row.requested_by, row.requested_at)


def _units_of(change: AccountChange, user: User | None) -> list[Unit]:
    """Return the units in which a change has an effect."""
    return [unit for unit in (user.unit if user else None, change.unit) if unit is not None]


def _is_seen(act: Act, request: AccountRequest) -> bool:
    return all(act.actor.unit.covers(unit) for unit in _units_of(request.change, request.user))


def _check_may_make(act: Act, change: AccountChange, user: User | None) -> None:
    """Check that an actor may make a change, as far as the unit and the rights go.

    Raises:
        Forbidden: the actor may not.
    """
    if user is not None and user.id == act.actor.id:
        raise Forbidden("You cannot change your own rights or reset your own account; ask other administrators.")
    roles = (user.roles if user else frozenset()) | (change.roles or frozenset())
    for unit in _units_of(change, user):
        check_may_give(act, roles, unit)
