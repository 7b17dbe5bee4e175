"""Whether this machine's clock can be believed: the audit log tells when something was done here, entry after entry.

What cannot be undone, because it goes by the day, asks first. A clock that is far ahead shows by a gap in the log, also
where entries were made by it since; one that is behind shows by a newer entry. Only somebody who knows what day it is
can tell a gap from a station that was switched off: they say the day, and what came before is not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from biometrics.days import today
from biometrics.errors import ClockImplausible
from biometrics.records.audit import Action
from biometrics.records.audit_tables import audit_entries

GAP: Final = timedelta(days=7)  # without an entry, unless the settings say otherwise
BEHIND: Final = timedelta(hours=1)  # between the clocks of several servers
_STREAMED: Final = 2000  # rows at a time


def require_plausible(connection: Connection, gap: timedelta, said: date | None = None) -> None:
    """Refuse to go by a clock that the audit log contradicts, or that says another day than whoever acts.

    `gap` is the longest time without an entry that is believed. `said` is the day that it is, where somebody says it:
    then the log is not asked.

    Raises:
        ClockImplausible: the message says what does not fit, and what to do.
    """
    if said is not None:
        if said != today():
            raise ClockImplausible(f"You say that it is {said}, and the clock says {today()}; correct the clock.")
        return
    number = latest = None
    for number_now, at in _moments(connection):
        if latest is not None and number is not None:
            _require_no_jump(f"entry {number}", latest, f"entry {number_now}", at, gap)
        number, latest = number_now, at
    if latest is not None:
        _require_no_jump(f"entry {number}", latest, "now", datetime.now(UTC), gap)


def is_plausible(connection: Connection, gap: timedelta = GAP) -> bool:
    """Say whether `require_plausible` would let somebody go by the clock."""
    try:
        require_plausible(connection, gap)
    except ClockImplausible:
        return False
    return True


def _moments(connection: Connection) -> Iterator[tuple[int, datetime]]:
    """Yield the number and the moment of each entry since somebody, or the log itself, last vouched for the clock."""
    last = select(func.max(audit_entries.c.number)).where(audit_entries.c.action == Action.RETENTION_RUN)
    since = connection.execute(last).scalar() or 0
    query = select(audit_entries.c.number, audit_entries.c.at).where(audit_entries.c.number >= since)
    rows = connection.execute(query.order_by(audit_entries.c.number).execution_options(yield_per=_STREAMED))
    for row in rows:
        yield row.number, datetime.fromisoformat(row.at)


def _require_no_jump(what: str, before: datetime, then: str, after: datetime, gap: timedelta) -> None:
    if after - before > gap:
        days = (after - before).days
        why = f"Between {what} of the audit log ({before:%Y-%m-%d %H:%M} UTC) and {then} ({after:%Y-%m-%d %H:%M} UTC) "
        why += f"{days} days passed without an entry, and {gap.days} are believed."
    elif before - after > BEHIND:
        why = f"The clock went back: {what} of the audit log is of {before:%Y-%m-%d %H:%M} UTC, and {then} of "
        why += f"{after:%Y-%m-%d %H:%M} UTC."
    else:
        return
    raise ClockImplausible(
        f"{why} Nothing was destroyed. Correct the clock if it is wrong; if it is right, say which day it is: "
        "pehchan retention run --today YYYY-MM-DD."
    )
