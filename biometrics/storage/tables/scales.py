"""The table of scales that were learned from the gallery. Rows are only ever added: stored searches name them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

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
    Index(None, "modality", "model", "shipped", "id"),
    sqlite_autoincrement=True,
)
