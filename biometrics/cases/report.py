"""What the report of a closed case states besides the case itself: each step from capture to opinion, when and by whom.

The steps are read from the audit log, and the images that examiners opened from the case: nothing is derived.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select

from biometrics.access.persons import ids_of_people
from biometrics.cases.case import Case
from biometrics.cases.view import CaseView
from biometrics.kernel.casework.cases import Look, Side
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries

_OF_CASE: Final = (
    Action.CASE_OPENED,
    Action.CASE_TAKEN,
    Action.CASE_ASSIGNED,
    Action.CASE_GIVEN_BACK,
    Action.CASE_ANALYSED,
    Action.CASE_DECIDED,
    Action.CASE_SUPERSEDED,
)
_OF_SAMPLES: Final = (Action.ENROLLED, Action.ENCOUNTER_ADDED, Action.ENCOUNTER_REPLACED)


@dataclass(frozen=True)
class CustodyStep:
    """An entry of the audit log about a case or its images; `number` and `hash` are the entry's.

    `samples` are the samples that an enrolment stored.
    """

    at: datetime
    actor: str
    unit: str
    action: Action
    number: int
    hash: str
    samples: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ReportedLook:
    """An examiner's first opening of an image, with the number of its entry of the audit log, None without one."""

    look: Look
    number: int | None


@dataclass(frozen=True)
class CaseReport:
    """A closed case with the steps from capture to opinion, and the images that its report shows, by name."""

    view: CaseView
    steps: tuple[CustodyStep, ...]
    looks: tuple[ReportedLook, ...]
    images: dict[str, Side]


def report_of(connection: Connection, case: Case, view: CaseView) -> CaseReport:
    """Return the report of a closed case; the caller has checked who may have it."""
    images = _images(view)
    looks = [look for look in case.looks if look.image.split(" ")[0] in images]
    reported = tuple(_with_entries(connection, case, sorted(looks, key=lambda look: look.at)))
    return CaseReport(view, tuple(_steps(connection, case, images)), reported, images)


def _with_entries(connection: Connection, case: Case, looks: Iterable[Look]) -> Iterable[ReportedLook]:
    """Yield looks, the first one first, each with the entry that was written with it: the next of that image."""
    columns = audit_entries.c
    opened = (columns.subject_id == case.id, columns.action == Action.CASE_IMAGE_VIEWED)
    rows = list(connection.execute(select(audit_entries).where(*opened).order_by(columns.number)))
    entries = [
        (row.number, row.actor_id, json.loads(row.detail).get("image"), datetime.fromisoformat(row.at)) for row in rows
    ]
    for look in looks:
        since = look.at.replace(microsecond=0)
        entry = next((each for each in entries if each[1:3] == (look.actor, look.image) and each[3] >= since), None)
        if entry is not None:
            entries.remove(entry)
        yield ReportedLook(look, entry[0] if entry else None)


def _images(view: CaseView) -> dict[str, Side]:
    """Return the images that opinions rest on; where they name none, those that their authors opened."""
    pairs = [view.pair, *(opinion.pair for opinion in view.opinions)]
    from_pairs = {name: side for pair in pairs if pair for name, side in zip(pair, Side, strict=True)}
    from_looks = [look.split(" ")[:2] for opinion in view.opinions for look in opinion.looked_at]
    return from_pairs or {name: Side(side) for side, name in from_looks}


def _steps(connection: Connection, case: Case, images: Iterable[str]) -> Iterable[CustodyStep]:
    question = case.question
    columns = audit_entries.c
    about = [and_(columns.subject_id == case.id, columns.action.in_(_OF_CASE))]
    if searched := [search_id for search_id in (question.search_id, question.candidate_search_id) if search_id]:
        about.append(and_(columns.subject_id.in_(searched), columns.action == Action.SEARCHED))
    samples = {int(name.removeprefix("sample-")) for name in images if name.startswith("sample-")}
    if samples:
        about.append(and_(columns.subject_id.in_(_records(connection, case)), columns.action.in_(_OF_SAMPLES)))
    for row in connection.execute(select(audit_entries).where(or_(*about)).order_by(columns.number)):
        step = _step(row)
        if step.action not in _OF_SAMPLES or step.samples & samples:
            yield step


def _records(connection: Connection, case: Case) -> list[str]:
    """Return the ids of the records of a case and of those merged with them: entries name the record of their time."""
    record_ids = [record_id for record_id in (case.question.record_id, case.question.candidate_id) if record_id]
    return list({*record_ids, *ids_of_people(connection, record_ids)})


def _step(row: Any) -> CustodyStep:
    detail = json.loads(row.detail)
    return CustodyStep(
        datetime.fromisoformat(row.at),
        row.actor_id,
        row.unit,
        Action(row.action),
        row.number,
        row.hash,
        frozenset(detail.get("samples", ()) if row.action in _OF_SAMPLES else ()),
    )
