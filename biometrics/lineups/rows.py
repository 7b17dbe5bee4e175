"""Line-ups as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, select, update

from biometrics.access.jurisdiction import at_or_below, unit_at
from biometrics.kernel.access import Unit
from biometrics.kernel.errors import UnknownLineup, WrongStep
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.technique.entry import from_json
from biometrics.lineups.model import (
    Band,
    Choice,
    InstructionLanguage,
    Lineup,
    LineupMember,
    LineupState,
    Look,
    Presentation,
    Sought,
    Viewing,
    WitnessAnswer,
)
from biometrics.storage.database.locks import Lock, acquire, name_of
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.lineups import lineup_answers, lineup_members, lineup_viewings, lineups


def load(connection: Connection, *conditions: Any, limit: int | None = None) -> list[Lineup]:
    """Return line-ups that meet conditions on their rows, newest first, with members, viewings and answers."""
    rows = connection.execute(select(lineups).where(*conditions).order_by(lineups.c.id.desc()).limit(limit)).all()
    ids = [row.id for row in rows]
    members, viewings = _members(connection, ids), _viewings(connection, ids)
    return [
        from_row(
            Lineup,
            row,
            unit=unit_at(row),
            sought=from_json(Sought, row.sought),
            presentation=Presentation(row.presentation),
            state=LineupState(row.state),
            members=tuple(members[row.id]),
            viewings=tuple(viewings[row.id]),
        )
        for row in rows
    ]


def load_visible(connection: Connection, unit: Unit, lineup_id: int) -> Lineup:
    """Return a line-up of a unit or one below it, with all that is hidden from its operator.

    Raises:
        UnknownLineup: there is none of this number.
    """
    matches = load(connection, lineups.c.id == min(lineup_id, MAX_ROW_NUMBER), at_or_below(unit, lineups))
    if not matches:
        raise UnknownLineup(f"There is no line-up {lineup_id} that you may see; check the number.")
    return matches[0]


def change(connection: Connection, lineup: Lineup, **values: Any) -> None:
    """Give a line-up its next version, with other values.

    Raises:
        WrongStep: it was changed by another request since it was read.
    """
    acquire(connection, Lock.LINEUP, name_of(lineup.id))
    this = (lineups.c.id == lineup.id, lineups.c.version == lineup.version)
    if not connection.execute(update(lineups).where(*this).values(version=lineup.version + 1, **values)).rowcount:
        raise WrongStep("The line-up was changed meanwhile; open it again.")


def member_row(lineup_id: int, member: LineupMember) -> dict[str, Any]:
    """Return the row of a member."""
    return asdict(member) | {"lineup_id": lineup_id, "box": list(member.box)}


def _members(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[LineupMember]]:
    query = select(lineup_members).where(lineup_members.c.lineup_id.in_(ids)).order_by(lineup_members.c.ordinal)
    members: defaultdict[int, list[LineupMember]] = defaultdict(list)
    for row in connection.execute(query):
        band = None if row.band is None else Band(row.band)
        member = from_row(LineupMember, row, box=CropBox(*row.box), look=Look(**row.look), band=band)
        members[row.lineup_id].append(member)
    return members


def _viewings(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[Viewing]]:
    columns = lineup_answers.c
    answers: defaultdict[tuple[int, int], list[WitnessAnswer]] = defaultdict(list)
    for row in connection.execute(select(lineup_answers).where(columns.lineup_id.in_(ids)).order_by(columns.number)):
        answers[row.lineup_id, row.viewing].append(from_row(WitnessAnswer, row, choice=Choice(row.choice)))
    query = select(lineup_viewings).where(lineup_viewings.c.lineup_id.in_(ids)).order_by(lineup_viewings.c.number)
    viewings: defaultdict[int, list[Viewing]] = defaultdict(list)
    for row in connection.execute(query):
        viewings[row.lineup_id].append(_viewing(row, answers[row.lineup_id, row.number]))
    return viewings


def _viewing(row: Row[Any], answers: Sequence[WitnessAnswer]) -> Viewing:
    language = InstructionLanguage(row.language)
    return from_row(Viewing, row, order=tuple(row.photo_order), language=language, answers=tuple(answers))
