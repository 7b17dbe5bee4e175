"""The tables of templates and of their changes, which search indexes follow."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from biometrics.storage.tables.base import DIGEST_LENGTH, WORD_LENGTH, RowNumber, UtcDateTime, metadata

templates = Table(
    "templates",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("sample_id", ForeignKey("samples.id", ondelete="CASCADE"), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("sample_id", "model"),
    sqlite_autoincrement=True,
)

# Templates that cannot be decrypted: no search finds them, and the operator sees their number.
unreadable_templates = Table(
    "unreadable_templates",
    metadata,
    Column("template_id", ForeignKey("templates.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("found_at", UtcDateTime, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("sequence", RowNumber, primary_key=True, autoincrement=False),
    Column("operation", String(WORD_LENGTH), nullable=False),
    Column("template_id", RowNumber, nullable=False),  # no foreign key: the template may be gone
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Index(None, "modality", "model", "sequence"),
)
