"""Whether this machine's clock is plausible, judged by the times of the audit entries.

Ask before an action that depends on the date and cannot be undone. A clock that is far ahead shows as a gap in the log,
also after entries were written by that clock; a clock that is behind shows as a newer entry. The log alone does not
distinguish a wrong clock from a station that was off: a person confirms the date; earlier entries are not read again.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from biometrics.kernel.errors import ClockImplausible
from biometrics.kernel.technique.clock import today
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries

BEHIND: Final = timedelta(hours=1)  # how far the clocks of several servers may differ
RECENT: Final = 1000  # entries that `clock_warning` reads
_STREAMED: Final = 2000  # rows at a time


def require_plausible(connection: Connection, gap: timedelta, confirmed_day: date | None = None) -> None:
    """Refuse to act by a clock that the audit log contradicts, or that differs from the date that a person confirms.

    `gap` is the longest plausible time without an entry. Where a person confirms today's date, the log is not read.

    Raises:
        ClockImplausible: the message says what contradicts the clock, and what to do.
    """
    if confirmed_day is not None:
        if confirmed_day != today():
            raise ClockImplausible(f"The clock says {today()}, not {confirmed_day}: correct the clock, then try again.")
        return
    _require_steady(connection, gap, _last_confirmed(connection))


def clock_warning(connection: Connection, gap: timedelta) -> str | None:
    """Return the fault of the clock among the newest `RECENT` entries; None without one. For health checks."""
    newest = connection.execute(select(func.max(audit_entries.c.number))).scalar() or 0
    try:
        _require_steady(connection, gap, max(_last_confirmed(connection), newest - RECENT))
    except ClockImplausible as error:
        return error.message
    return None


def is_plausible(connection: Connection, gap: timedelta) -> bool:
    """Say whether `require_plausible` accepts the clock."""
    try:
        require_plausible(connection, gap)
    except ClockImplausible:
        return False
    return True


def _last_confirmed(connection: Connection) -> int:
    """Return the number of the entry at which the clock was last found plausible or confirmed; 0 if there is none."""
    last = select(func.max(audit_entries.c.number)).where(audit_entries.c.action == Action.RETENTION_RUN)
    return connection.execute(last).scalar() or 0


def _require_steady(connection: Connection, gap: timedelta, since: int) -> None:
    number = latest = None
    with closing(_moments(connection, since)) as moments:
        for number_now, at in moments:
            if latest is not None and number is not None:
                _require_no_jump(f"entry {number}", latest, f"entry {number_now}", at, gap)
            number, latest = number_now, at
    if latest is not None:
        _require_no_jump(f"entry {number}", latest, "now", datetime.now(UTC), gap)


def _moments(connection: Connection, since: int) -> Generator[tuple[int, datetime]]:
    """Yield the number and the time of each entry from `since` on."""
    query = select(audit_entries.c.number, audit_entries.c.at).where(audit_entries.c.number >= since)
    streamed = query.order_by(audit_entries.c.number).execution_options(yield_per=_STREAMED)
    with connection.execute(streamed) as rows:
        for row in rows:
            yield row.number, datetime.fromisoformat(row.at)


def _require_no_jump(event: str, before: datetime, then: str, after: datetime, gap: timedelta) -> None:
    if after - before > gap:
        days = (after - before).days
        why = f"Between {event} of the audit log ({before:%Y-%m-%d %H:%M} UTC) and {then} ({after:%Y-%m-%d %H:%M} UTC) "
        why += f"{days} days passed without an entry; {gap.days} are plausible."
    elif before - after > BEHIND:
        why = f"The clock went back: {event} of the audit log was written at {before:%Y-%m-%d %H:%M} UTC, "
        why += f"{then} at {after:%Y-%m-%d %H:%M} UTC."
    else:
        return
    raise ClockImplausible(
        f"{why} Nothing was destroyed. If the clock is wrong, correct it. If it is right, confirm today's date: on the "
        "page, or with pehchan retention run --today YYYY-MM-DD."
    )
