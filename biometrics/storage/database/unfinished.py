"""Marks of a database that is being filled: no other process may use it before it is whole.

Two counters are the marks. MOVED is UNDER_WAY while `backup.replicate` copies rows, and afterwards the number
of the state that they were left in. RESTORING is there from the first row of a restore until its end, and identifies
the backup and the copy of the keys that are restored.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, and_, delete, or_, select

from biometrics.kernel.errors import RestoreUnfinished
from biometrics.storage.tables.station import counters

MOVED: Final = "moved"
RESTORING: Final = "restoring"
MARKS: Final = (MOVED, RESTORING)
UNDER_WAY: Final = 0

_UNFINISHED = or_(counters.c.name == RESTORING, and_(counters.c.name == MOVED, counters.c.value == UNDER_WAY))
_MARK: Final = select(counters.c.name).where(_UNFINISHED).limit(1)  # made once: every transaction begins with it


def require_finished(connection: Connection) -> None:
    """Refuse a database that is still being filled.

    Raises:
        RestoreUnfinished: it is being restored, or copied from another one.
    """
    if connection.execute(_MARK).first() is not None:
        raise unfinished()


def unfinished() -> RestoreUnfinished:
    """Return the error of a station that is not restored, or copied, to the end."""
    return RestoreUnfinished(
        "This station is being restored, or copied from another one, and is not whole yet. Run 'pehchan restore', or "
        "'pehchan migrate', again until it ends; to give up, empty the data folder and the database."
    )


def restoring(connection: Connection) -> int | None:
    """Return what identifies the backup that a database is being restored from, None where it is not."""
    return connection.execute(select(counters.c.value).where(counters.c.name == RESTORING)).scalar()


def end_restore(connection: Connection) -> None:
    """Open a restored database for use."""
    connection.execute(delete(counters).where(counters.c.name == RESTORING))
