"""The table that records are found in by name."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from biometrics.records.database.base import metadata

SPELLING_LENGTH = 60

# The words of a person's names, as biometrics.names spells them; also neighbours, and whole names, as one word.
name_words = Table(
    "name_words",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("word", String(SPELLING_LENGTH), primary_key=True),
    Column("key", String(SPELLING_LENGTH), nullable=False),
    Index(None, "key", "record_id"),
    Index(None, "word", "record_id"),
)
