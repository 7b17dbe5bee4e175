"""The store of scales that were learned from the gallery; every server of a database uses the same one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select

from biometrics.access.rights import unrestricted
from biometrics.kernel.access import SERVICE
from biometrics.matching.channel import ScaleKey
from biometrics.matching.gallery_scale import digest_of
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.scales import learned_scales


@dataclass(frozen=True)
class StoredScale:
    """A learned scale: its content as text, the people on record when it was made, and when that was."""

    id: int
    content: str
    gallery_size: int
    made_at: datetime


@unrestricted("statistics over all people, which only the service makes")
class ScaleStore:
    """Learned scales: the last one of a model is in force, and the others are kept for replays."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def latest(self, key: ScaleKey) -> StoredScale | None:
        """Return the last scale that was made for a model; None if there is none."""
        with self._database.reading() as connection:
            return _latest(connection, key)

    def latest_of(self, keys: Iterable[ScaleKey]) -> dict[ScaleKey, StoredScale | None]:
        """Return the last scale of each of several models, as `latest` does."""
        with self._database.reading() as connection:
            return {key: _latest(connection, key) for key in keys}

    def find(self, digest: str) -> StoredScale | None:
        """Return the scale of a digest (SHA-256, hex); None if there is none."""
        with self._database.reading() as connection:
            return _first(connection, _SCALES.where(learned_scales.c.digest == digest))

    def add(
        self, key: ScaleKey, scale: tuple[str, int], made_at: datetime, after: int | None, detail: dict[str, Any]
    ) -> bool:
        """Store a scale (its content, and the people on record), which is in force from then on.

        `after` is the id of the one that was in force when the work began, None if there was none; `detail` goes to the
        audit log. Return False, and store nothing, if another server has stored one meanwhile, or the same one before.
        """
        content, gallery_size = scale
        digest = digest_of(content)
        with self._database.writing() as connection:
            before = _latest(connection, key)
            same = _first(connection, _SCALES.where(learned_scales.c.digest == digest))
            if same is not None or (None if before is None else before.id) != after:
                return False
            connection.execute(
                insert(learned_scales).values(
                    digest=digest,
                    modality=key.modality.value,
                    model=key.model,
                    shipped=key.shipped,
                    content=content,
                    gallery_size=gallery_size,
                    made_at=made_at,
                )
            )
            append(connection, SERVICE, Action.SCALE_LEARNED, digest, modality=key.modality.value, **detail)
        return True


_SCALES: Select[Any] = select(
    learned_scales.c.id, learned_scales.c.content, learned_scales.c.gallery_size, learned_scales.c.made_at
)
# Made once: every search asks for it.
_LATEST: Select[Any] = (
    _SCALES.where(
        learned_scales.c.modality == bindparam("modality"),
        learned_scales.c.model == bindparam("model"),
        learned_scales.c.shipped == bindparam("shipped"),
    )
    .order_by(learned_scales.c.id.desc())
    .limit(1)
)


def _latest(connection: Connection, key: ScaleKey) -> StoredScale | None:
    return _first(connection, _LATEST, {"modality": key.modality.value, "model": key.model, "shipped": key.shipped})


def _first(connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None) -> StoredScale | None:
    row = connection.execute(query, values).first()
    return None if row is None else StoredScale(row.id, row.content, row.gallery_size, row.made_at)
