"""The store of scales that were learned from the gallery; every server of a database uses the same one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, select, update

from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import EVERYWHERE, REASON_LENGTH, SERVICE, Act, Scope
from biometrics.kernel.errors import OutOfJurisdiction, UnknownScale
from biometrics.kernel.text import clean_text
from biometrics.kernel.types import Modality
from biometrics.matching.channel import ScaleKey
from biometrics.matching.gallery_scale import digest_of
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify_unit
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.locks import Lock, hold_advisory
from biometrics.storage.tables.base import ID_LENGTH
from biometrics.storage.tables.scales import learned_scales, scale_refusals

_SCALE_LOCK: Final = 0x50_45_48_53  # key of a PostgreSQL advisory lock: "PEHS"


class ScaleState(StrEnum):
    """What became of a learned scale."""

    IN_FORCE = "in_force"  # the newest of a model counts
    WAITING = "waiting"  # for a supervisor: it differs much from the one before
    DECLINED = "declined"
    SUPERSEDED = "superseded"  # by a newer one, before anyone decided


@dataclass(frozen=True)
class StoredScale:
    """A learned scale: its content as text, the people on record when it was made, and when that was."""

    id: int
    content: str
    gallery_size: int
    made_at: datetime
    state: ScaleState

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of its content."""
        return digest_of(self.content)


@dataclass(frozen=True)
class NewScale:
    """A scale to be stored: its content as text, the people on record, and whether it is in force or waits."""

    content: str
    gallery_size: int
    state: ScaleState = ScaleState.IN_FORCE


@dataclass(frozen=True)
class LearningRefusal:
    """Why no scale of a modality was learned: a code, the same in words, and how many templates may not teach."""

    reason: str
    text: str
    left_out: Mapping[str, int]
    at: datetime


@unrestricted("statistics over all people, which only the service makes")
class ScaleStore:
    """Learned scales: the last one of a model that is in force counts, and the others are kept for replays."""

    def __init__(self, database: Database, act: Act | None = None) -> None:
        """Work on an open database, for an actor or the service itself."""
        self._database = database
        self._act = act

    def latest(self, key: ScaleKey) -> StoredScale | None:
        """Return the scale of a model that is in force; None if there is none."""
        with self._database.reading() as connection:
            return _latest(connection, key)

    def newest(self, key: ScaleKey) -> StoredScale | None:
        """Return the last scale that was made for a model, in force or not; None if there is none."""
        with self._database.reading() as connection:
            return _newest(connection, key)

    def refusal(self, modality: Modality) -> LearningRefusal | None:
        """Return why no scale of a modality was learned the last time; None if one was, or none was tried."""
        with self._database.reading() as connection:
            row = connection.execute(select(scale_refusals).where(scale_refusals.c.modality == modality)).first()
        return None if row is None else LearningRefusal(row.reason, row.text, row.left_out, row.at)

    def refuse(self, modality: Modality, refusal: LearningRefusal) -> None:
        """Store why no scale of a modality was learned."""
        row = {"reason": refusal.reason, "text": refusal.text, "left_out": dict(refusal.left_out), "at": refusal.at}
        with self._database.writing() as connection:
            statement = insert(connection, scale_refusals).values(modality=modality, **row)
            connection.execute(statement.on_conflict_do_update(index_elements=["modality"], set_=row))

    def latest_of(self, keys: Iterable[ScaleKey]) -> dict[ScaleKey, StoredScale | None]:
        """Return the last scale of each of several models, as `latest` does."""
        with self._database.reading() as connection:
            return {key: _latest(connection, key) for key in keys}

    def find(self, digest: str) -> StoredScale | None:
        """Return the scale of a digest (SHA-256, hex); None if there is none."""
        with self._database.reading() as connection:
            return _first(connection, _SCALES.where(learned_scales.c.digest == digest))

    def add(self, key: ScaleKey, scale: NewScale, made_at: datetime, after: int | None, detail: dict[str, Any]) -> bool:
        """Store a scale, which is in force from then on, or waits; one that waited before is superseded.

        `after` is the id of the newest one when the work began, None if there was none; `detail` goes to the
        audit log. Return False, and store nothing, if another server has stored one meanwhile, or the same one before.
        """
        content, gallery_size = scale.content, scale.gallery_size
        digest = digest_of(content)
        with self._database.writing() as connection:
            hold_advisory(connection, Lock.MODEL, _SCALE_LOCK)  # of two servers the second finds what the first stored
            before = _newest(connection, key)
            same = _first(connection, _SCALES.where(learned_scales.c.digest == digest))
            if same is not None or (None if before is None else before.id) != after:
                return False
            waiting = (learned_scales.c.state == ScaleState.WAITING, *_of(key))
            connection.execute(update(learned_scales).where(*waiting).values(state=ScaleState.SUPERSEDED))
            connection.execute(delete(scale_refusals).where(scale_refusals.c.modality == key.modality))
            connection.execute(
                insert(connection, learned_scales).values(
                    digest=digest,
                    modality=key.modality,
                    model=key.model,
                    shipped=key.shipped,
                    content=content,
                    gallery_size=gallery_size,
                    made_at=made_at,
                    state=scale.state,
                )
            )
            if scale.state is ScaleState.WAITING:
                notify_unit(connection, EVERYWHERE, NotificationKind.SCALE_WAITS, digest[:ID_LENGTH])
            audited = detail | {"modality": key.modality, "state": scale.state.value}
            append(connection, SERVICE, Action.SCALE_LEARNED, digest, **audited)
        return True

    @needs(Scope.CASE_SUPERVISE)
    def decide(self, digest: str, *, approve: bool, reason: str) -> None:
        """Put a scale in force that waits, or decline it; a scale concerns all units, so the national bureau decides.

        The same decision again changes nothing.

        Raises:
            OutOfJurisdiction: the actor is of another unit.
            UnknownScale: no scale of this digest waits.
            InvalidField: the reason is empty or too long.
        """
        why = clean_text("reason", reason, REASON_LENGTH)
        if self._act and self._act.actor.unit != EVERYWHERE:
            raise OutOfJurisdiction(
                "A scale of scores concerns all units: a supervisor of the national bureau decides."
            )
        state = ScaleState.IN_FORCE if approve else ScaleState.DECLINED
        waiting = (learned_scales.c.digest == digest, learned_scales.c.state == ScaleState.WAITING)
        with self._database.writing() as connection:
            decided = _first(connection, _SCALES.where(learned_scales.c.digest == digest))
            if decided is not None and decided.state is state:
                return
            if not connection.execute(update(learned_scales).where(*waiting).values(state=state)).rowcount:
                raise UnknownScale(f"No scale {digest} waits for a decision; see the page Scales of scores.")
            append(connection, self._act or SERVICE, Action.SCALE_DECIDED, digest, state=state.value, reason=why)


_SCALES: Select[Any] = select(
    learned_scales.c.id,
    learned_scales.c.content,
    learned_scales.c.gallery_size,
    learned_scales.c.made_at,
    learned_scales.c.state,
)
# Made once: every search asks for it.
_NEWEST: Select[Any] = (
    _SCALES.where(
        learned_scales.c.modality == bindparam("modality"),
        learned_scales.c.model == bindparam("model"),
        learned_scales.c.shipped == bindparam("shipped"),
    )
    .order_by(learned_scales.c.id.desc())
    .limit(1)
)
_LATEST: Select[Any] = _NEWEST.where(learned_scales.c.state == ScaleState.IN_FORCE)


def _latest(connection: Connection, key: ScaleKey) -> StoredScale | None:
    return _first(connection, _LATEST, _values(key))


def _newest(connection: Connection, key: ScaleKey) -> StoredScale | None:
    return _first(connection, _NEWEST, _values(key))


def _values(key: ScaleKey) -> dict[str, str]:
    return {"modality": key.modality, "model": key.model, "shipped": key.shipped}


def _of(key: ScaleKey) -> tuple[ColumnElement[bool], ...]:
    return tuple(learned_scales.c[name] == value for name, value in _values(key).items())


def _first(connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None) -> StoredScale | None:
    row = connection.execute(query, values).first()
    if row is None:
        return None
    return StoredScale(row.id, row.content, row.gallery_size, row.made_at, ScaleState(row.state))
