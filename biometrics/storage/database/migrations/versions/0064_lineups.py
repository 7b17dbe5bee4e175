"""Photo line-ups: who is in one, to whom it was shown, and what each witness said."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)

revision = "0064"
down_revision = "0063"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "lineups",
        Column("id", NUMBER, primary_key=True),
        Column("owner", String(length=100), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("fir_number", String(length=40), nullable=False),
        Column("description", Text(), nullable=False),
        Column("sought", JSON(), nullable=False),
        Column("presentation", String(length=20), nullable=False),
        Column("greyscale", Boolean(), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        Column("ready_at", MOMENT),
        Column("commitment", String(length=64)),
        Column("closed_at", MOMENT),
        Column("closed_because", Text()),
        Column("seal", String(length=64)),
        Column("version", Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lineup_members",
        _of_lineup(),
        Column("ordinal", SmallInteger(), primary_key=True, autoincrement=False),
        Column("record_id", String(length=36), nullable=False),
        Column("sample_id", NUMBER, nullable=False),
        Column("is_suspect", Boolean(), nullable=False),
        Column("box", JSON(), nullable=False),
        Column("photo_sha256", String(length=64), nullable=False),
        Column("look", JSON(), nullable=False),
        Column("band", String(length=20)),
    )
    op.create_index("ix_lineup_members_record_id", "lineup_members", ["record_id"])
    op.create_table(
        "lineup_viewings",
        _of_lineup(),
        Column("number", SmallInteger(), primary_key=True, autoincrement=False),
        Column("witness", String(length=100), nullable=False),
        Column("witness_key", String(length=100), nullable=False),
        Column("operator", String(length=100), nullable=False),
        Column("present", Text(), nullable=False),
        Column("language", String(length=20), nullable=False),
        Column("started_at", MOMENT, nullable=False),
        Column("seed", String(length=64), nullable=False),
        Column("photo_order", JSON(), nullable=False),
        Column("commitment", String(length=64), nullable=False),
        Column("ended_at", MOMENT),
        Column("remarks", Text(), nullable=False),
        Column("seal", String(length=64)),
        UniqueConstraint("lineup_id", "witness_key", name="uq_lineup_viewings_lineup_id_witness_key"),
    )
    op.create_table(
        "lineup_answers",
        _of_lineup(),
        Column("viewing", SmallInteger(), primary_key=True, autoincrement=False),
        Column("number", SmallInteger(), primary_key=True, autoincrement=False),
        Column("position", SmallInteger()),
        Column("choice", String(length=20), nullable=False),
        Column("words", Text(), nullable=False),
        Column("confidence", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
    )


def _of_lineup() -> Column[int]:
    return Column("lineup_id", NUMBER, ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True)
