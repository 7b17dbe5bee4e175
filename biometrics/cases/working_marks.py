"""The marks of an examiner at work on a case, as rows: nobody but their author reads them.

They go with the opinion, which holds what counts of them, and when the author gives the case up or it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from biometrics.cases.case import Case
from biometrics.kernel.casework.annotations import WorkingMarks
from biometrics.kernel.errors import MarksChanged
from biometrics.kernel.technique.entry import from_json
from biometrics.storage.tables.cases import case_working_marks, cases

_ROWS = case_working_marks.c


def load_marks(connection: Connection, case_id: str, actor: str) -> WorkingMarks:
    """Return the marks that somebody has at work in a case; of version 0 where there are none."""
    contents = (_ROWS.version, _ROWS.marks, _ROWS.adjustments, _ROWS.drawings)
    row = connection.execute(select(*contents).where(_ROWS.case_id == case_id, _ROWS.actor == actor)).first()
    if row is None:
        return WorkingMarks(0, ())
    content = {"version": row.version, "pairs": row.marks, "adjustments": row.adjustments, "drawings": row.drawings}
    return from_json(WorkingMarks, content)


def save_marks(connection: Connection, case: Case, actor: str, work: WorkingMarks) -> WorkingMarks:
    """Put marks in the place of those of their version, in a case that is held; return them with their new version.

    The version is that of the case, which only rises: it is not used again after the marks were removed.

    Raises:
        MarksChanged: that is not the version that is stored: another computer of the same examiner changed them.
    """
    stored = load_marks(connection, case.id, actor)
    if stored.version != work.version:
        raise MarksChanged("The marks of this case were changed on another computer; read them again.")
    number = connection.execute(select(cases.c.version).where(cases.c.id == case.id)).scalar_one()
    saved = replace(work, version=number)
    content = asdict(saved)
    values = {"marks": content.pop("pairs"), "at": datetime.now(UTC), **content}
    if stored.version:
        connection.execute(update(case_working_marks).where(_ROWS.case_id == case.id, _ROWS.actor == actor), values)
    else:
        connection.execute(case_working_marks.insert().values(case_id=case.id, actor=actor, **values))
    return saved


def forget_marks(connection: Connection, case_id: str, kept_actors: Iterable[str] = ()) -> None:
    """Remove the marks at work in a case, but for those of some actors."""
    connection.execute(
        delete(case_working_marks).where(_ROWS.case_id == case_id, _ROWS.actor.not_in(list(kept_actors)))
    )
