"""Comparing a copy of a database with the database itself: counts of everything, and digests of sampled rows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from random import SystemRandom

from sqlalchemy import Connection, Table, func, select, text

from biometrics.backup.table_sync import (
    BATCH,
    KINDS,
    NUMBERED,
    TEMPLATES,
    Key,
    Kind,
    Row,
    count,
    last_number,
)
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.database.unfinished import MARKS
from biometrics.storage.tables.base import metadata
from biometrics.storage.tables.station import counters

NAMED = 10  # differences that a report names, at most

_random = SystemRandom()


@dataclass(frozen=True)
class CopyCheck:
    """One thing compared: what it is on either side, in words, and what differs, nothing where they are the same."""

    what: str
    source: str
    target: str
    differing: tuple[str, ...] = ()


def compare(
    source: Connection,
    target: Connection,
    images: tuple[ImageStore, ImageStore] | None,
    sampled: int,
    kinds: Sequence[Kind] = KINDS,
) -> list[CopyCheck]:
    """Compare two databases and, where given, their image stores: all counts, and `sampled` rows of each kind."""
    checks = [_compare_words(subject, source, target, query) for subject, query in _WORDS.items()]
    checks += [*_compare_counts(source, target, kinds), _compare_counters(source, target)]
    checks += [_compare_numbers(source, target, table) for table in NUMBERED]
    if sampled:
        checks += [_compare_rows(source, target, kind, sampled) for kind in kinds]
        if images:
            checks.append(_compare_images(source, images, sampled))
    return checks


def sampled_templates(connection: Connection, number: int) -> list[int]:
    """Return the ids of at most `number` templates, chosen by chance."""
    return [int(key) for key in _sampled(connection, TEMPLATES, number)]


_WORDS = {"database": "SELECT id FROM identity", "version of the tables": "SELECT version_num FROM alembic_version"}


def _compare_words(subject: str, source: Connection, target: Connection, query: str) -> CopyCheck:
    source_value, target_value = (str(connection.execute(text(query)).scalar()) for connection in (source, target))
    return CopyCheck(subject, source_value, target_value, () if source_value == target_value else (subject,))


def _compare_counts(source: Connection, target: Connection, kinds: Sequence[Kind]) -> Iterator[CopyCheck]:
    carried = {column.table for kind in kinds for column in (kind.key, *kind.parts)}
    for table in metadata.sorted_tables:
        if table in carried:
            source_count, target_count = (count(side, table) for side in (source, target))
            yield CopyCheck(
                f"rows of {table.name}",
                f"{source_count:,}",
                f"{target_count:,}",
                () if source_count == target_count else ("the count",),
            )


def _compare_numbers(source: Connection, target: Connection, table: Table) -> CopyCheck:
    source_number, target_number = (last_number(side, table) for side in (source, target))
    differing = ("numbers would be given twice",) if source_number > target_number else ()
    return CopyCheck(f"last number of {table.name}", f"{source_number:,}", f"{target_number:,}", differing)


def _compare_counters(source: Connection, target: Connection) -> CopyCheck:
    query = select(counters).where(counters.c.name.not_in(MARKS))
    source_counters, target_counters = (
        {(row.name, row.value) for row in side.execute(query)} for side in (source, target)
    )
    differing = tuple(sorted({name for name, _ in source_counters ^ target_counters})[:NAMED])
    return CopyCheck("counters", f"{len(source_counters):,}", f"{len(target_counters):,}", differing)


def _compare_rows(source: Connection, target: Connection, kind: Kind, sampled: int) -> CopyCheck:
    keys = _sampled(source, kind, sampled)
    source_digests, target_digests = (_digests(side, kind, keys) for side in (source, target))
    differing = [key for key in keys if source_digests.get(key) != target_digests.get(key)]
    return _sample_check(f"SHA-256 of {kind.table.name}", len(keys), [str(key) for key in differing])


def _compare_images(source: Connection, images: tuple[ImageStore, ImageStore], sampled: int) -> CopyCheck:
    """Read sampled images on both sides; a store gives out no bytes but those of the SHA-256 asked for."""
    looked_at: set[str] = set()
    for kind in KINDS:
        if kind.image_name is not None:
            keys = _sampled(source, kind, sampled)
            digests = select(kind.image_name).where(kind.key.in_(keys), kind.image_name.is_not(None))
            looked_at |= set(source.execute(digests).scalars())
    differing = [digest for digest in looked_at if not all(_gives(side, digest) for side in images)]
    return _sample_check("SHA-256 of images", len(looked_at), differing)


def _gives(images: ImageStore, digest: str) -> bool:
    try:
        images.get(digest)
    except StoreUnavailable:
        return False
    return True


def _sample_check(subject: str, looked_at: int, differing: list[str]) -> CopyCheck:
    return CopyCheck(
        subject, f"{looked_at:,} sampled", f"{looked_at - len(differing):,} the same", tuple(differing[:NAMED])
    )


def _sampled(connection: Connection, kind: Kind, number: int) -> list[Key]:
    """Choose at most `number` keys by chance, all where there are no more; the time does not depend on the rows."""
    first = select(kind.key).order_by(kind.key)
    first_keys = list(connection.execute(first.limit(number + 1)).scalars())
    if len(first_keys) <= number:
        return first_keys
    last = connection.execute(select(func.max(kind.key))).scalar_one()
    chosen = set()
    for _ in range(number):
        drawn = str(uuid.uuid4()) if isinstance(last, str) else _random.randint(first_keys[0], last)
        key = connection.execute(first.where(kind.key >= drawn).limit(1)).scalar()
        chosen.add(first_keys[0] if key is None else key)
    return sorted(chosen)


def _digests(connection: Connection, kind: Kind, keys: Sequence[Key]) -> dict[Key, str]:
    """Return the SHA-256 of each row together with those that are its own, by key."""
    contents: dict[Key, dict[str, list[Row]]] = {}
    for batch in in_chunks(keys, BATCH):
        rows_of = kind.rows(connection, batch)
        for column in (kind.key, *kind.parts):
            for row in rows_of[column.table]:
                contents.setdefault(row[column.name], {}).setdefault(column.table.name, []).append(row)
    return {
        key: sha256(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()
        for key, content in contents.items()
    }


def _plain(value: object) -> str:
    """Return bytes, dates and instants as text; instants are always UTC here."""
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, bytes)
    return value.hex()
