"""The tables of scales that were learned from the gallery, and of what stood in the way of learning one.

Scales are never removed, since stored searches name them.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from biometrics.storage.tables.base import DIGEST_LENGTH, WORD_LENGTH, RowNumber, UtcDateTime, metadata

learned_scales = Table(
    "learned_scales",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("digest", String(DIGEST_LENGTH), nullable=False, unique=True),  # SHA-256 of `content`
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Column("shipped", String(DIGEST_LENGTH), nullable=False),  # SHA-256 of the calibration that it corrects
    Column("content", Text, nullable=False),  # a calibration, as biometrics/matching/calibration.py defines it
    Column("gallery_size", Integer, nullable=False),  # people on record when it was made
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False, server_default="in_force"),  # a `ScaleState`
    Index(None, "modality", "model", "shipped", "id"),
    sqlite_autoincrement=True,
)

# Why no scale was learned the last time; removed once one is.
scale_refusals = Table(
    "scale_refusals",
    metadata,
    Column("modality", String(WORD_LENGTH), primary_key=True),
    Column("reason", String(WORD_LENGTH), nullable=False),
    Column("text", Text, nullable=False),
    Column("left_out", JSON, nullable=False),  # numbers of templates that may not teach, by the reason
    Column("at", UtcDateTime, nullable=False),
)
