"""Add the scales of scores that are learned from the gallery."""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, String, Text, UniqueConstraint

revision = "0037"
down_revision = "0036"

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "learned_scales",
        Column("id", ROW_NUMBER, nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("shipped", String(length=64), nullable=False),
        Column("content", Text(), nullable=False),
        Column("gallery_size", Integer(), nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_learned_scales")),
        UniqueConstraint("digest", name=op.f("uq_learned_scales_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_learned_scales_modality_model_shipped_id"), "learned_scales", ["modality", "model", "shipped", "id"]
    )
