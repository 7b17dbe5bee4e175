"""How often a login may be tried: after a few wrong passwords or codes each further try waits longer.

A try is counted before its password is looked at, so that many at once are no way round. What is counted is the login
as it was typed, whether or not there is such an account. A client that has signed in to the account before, and proves
it by the secret that it received then, is counted separately: a stranger's tries lock strangers out and not the
colleague at their own desk, and no wait is longer than LONGEST_WAIT.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select, update

from biometrics.access.rights import unrestricted
from biometrics.kernel.access import LOGIN_LENGTH
from biometrics.kernel.errors import AccountLocked
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.locks import Lock, hold, remove_unlocked
from biometrics.storage.tables.accounts import sign_in_failures, user_devices, users

log = logging.getLogger("pehchan")

FREE_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=24)  # after the last wrong try
MOST_DEVICES: Final = 20  # of one account; a further one takes the place of the one not seen for longest
DEVICE_KNOWN: Final = timedelta(days=180)  # after it was last seen


@dataclass(frozen=True)
class Try:
    """A try that was counted, to be taken back where it was right: digests of the login and of a known client."""

    login_sha256: str
    device_sha256: str


@unrestricted("it counts tries to sign in")
class SignInGuard:
    """The counts of wrong tries in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, login: str, device_sha256: str, *, signed_in: bool = False) -> Try:
        """Count a try, by the digest of a client's secret where it has one, or of its session where it is signed in.

        Raises:
            AccountLocked: it must wait; it was not counted, and does not make the wait longer.
        """
        now = datetime.now(UTC)
        with self._database.noting() as connection:
            remove_unlocked(connection, sign_in_failures, sign_in_failures.c.failed_at < now - FORGOTTEN)
            is_known = signed_in or _is_known(connection, login, device_sha256)
            this = Try(login_digest(login), device_sha256 if is_known else "")
            new = {"login_sha256": this.login_sha256, "device_sha256": this.device_sha256}
            # An update that changes nothing, so that the row is held: another try's end may be removing it.
            statement = insert(connection, sign_in_failures).values(**new, failures=0, failed_at=now)
            locking = statement.on_conflict_do_update(
                index_elements=list(sign_in_failures.primary_key), set_={"failures": sign_in_failures.c.failures}
            ).returning(sign_in_failures.c.failures, sign_in_failures.c.locked_until)
            counted = connection.execute(locking).one()
            if counted.locked_until is None or counted.locked_until <= now:
                _write(connection, this, counted.failures + 1, now)
                return this
        seconds = int((counted.locked_until - now).total_seconds()) + 1
        log.warning("A login waits for %d seconds more after %d wrong tries.", seconds, counted.failures)
        raise AccountLocked(
            f"Too many wrong tries with this login; wait {seconds} seconds. Existing sessions stay open, and an "
            "administrator can unlock the login.",
            seconds,
        )

    def failures(self, login: str) -> tuple[int, datetime | None]:
        """Return the wrong tries of clients that are not known, and until when those must wait."""
        of_strangers = Try(login_digest(login), "")
        with self._database.reading() as connection:
            row = connection.execute(select(sign_in_failures).where(*_same_try(of_strangers))).first()
        return (0, None) if row is None else (row.failures, row.locked_until)


def take_back(connection: Connection, this: Try) -> None:
    """Take one try back that was neither right nor wrong: what came with it was right, and something was missing."""
    row = next(iter(hold(connection, Lock.SIGN_IN, select(sign_in_failures).where(*_same_try(this)))), None)
    if row is not None and row.failures:
        _write(connection, this, row.failures - 1, row.failed_at)


def forget(connection: Connection, this: Try) -> None:
    """Forget the wrong tries after a right one."""
    connection.execute(delete(sign_in_failures).where(*_same_try(this)))


def unlock(connection: Connection, login: str) -> None:
    """Forget all wrong tries with a login."""
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.login_sha256 == login_digest(login)))


def remember_device(connection: Connection, user_id: str, sha256_: str) -> None:
    """Know a client again that has signed in, by the digest of its secret."""
    now = datetime.now(UTC)
    new = insert(connection, user_devices).values(sha256=sha256_, user_id=user_id, seen_at=now)
    connection.execute(new.on_conflict_do_update(index_elements=[user_devices.c.sha256], set_={"seen_at": now}))
    of_user = select(user_devices.c.sha256).where(user_devices.c.user_id == user_id)
    newest = of_user.order_by(user_devices.c.seen_at.desc()).limit(MOST_DEVICES)
    newest_devices = connection.execute(newest).scalars().all()
    too_many = (user_devices.c.user_id == user_id, user_devices.c.sha256.not_in(newest_devices))
    remove_unlocked(connection, user_devices, *too_many)


def login_digest(login: str) -> str:
    """Return the key that tries for a login are counted by."""
    return sha256(login.strip().lower()[: 2 * LOGIN_LENGTH].encode(errors="replace")).hexdigest()


def wait_after(failures: int) -> timedelta | None:
    """Return how long to wait after a number of wrong tries, None for not at all."""
    if failures < FREE_TRIES:
        return None
    doublings = min(failures - FREE_TRIES, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _write(connection: Connection, this: Try, failures: int, now: datetime) -> None:
    wait = wait_after(failures)
    counted = {"failures": failures, "failed_at": now, "locked_until": None if wait is None else now + wait}
    connection.execute(update(sign_in_failures).where(*_same_try(this)).values(counted))


def _same_try(this: Try) -> tuple[ColumnElement[bool], ...]:
    return (
        sign_in_failures.c.login_sha256 == this.login_sha256,
        sign_in_failures.c.device_sha256 == this.device_sha256,
    )


def _is_known(connection: Connection, login: str, device_sha256: str) -> bool:
    if not device_sha256:
        return False
    query = select(user_devices.c.sha256).join(users, users.c.id == user_devices.c.user_id)
    since = datetime.now(UTC) - DEVICE_KNOWN
    of_device = (
        users.c.login == login.strip().lower(),
        user_devices.c.sha256 == device_sha256,
        user_devices.c.seen_at > since,
    )
    return connection.execute(query.where(*of_device)).first() is not None
