"""Which database this is, and its counters."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    String,
    Table,
)

from biometrics.storage.tables.base import ID_LENGTH, UtcDateTime, metadata

counters = Table(
    "counters",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# One row, written when the database is created: which database this is.
identity = Table(
    "identity",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),  # of the station: a copy by `pehchan migrate` has the same
    Column("database_id", String(ID_LENGTH)),  # of this database alone
    Column("master_id", String(64)),  # of the master key that wraps new data keys; None before the first start
)

# When each part of the image store was last searched for files that nothing refers to; see `blobs/garbage.py`.
image_sweeps = Table(
    "image_sweeps",
    metadata,
    Column("part", String(1), primary_key=True),
    Column("begun_at", UtcDateTime, nullable=False),
)
