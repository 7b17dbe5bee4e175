"""Add requests for clearance certificates."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "clearances",
        Column("id", String(length=36), nullable=False),
        Column("number", String(length=40), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("search_id", String(length=36), nullable=False),
        Column("request", JSON(none_as_null=True)),
        Column("requested_by", String(length=100), nullable=False),
        Column("requested_at", DateTime(timezone=True), nullable=False),
        Column("decision", JSON(none_as_null=True)),
        Column("decided_by", String(length=100)),
        Column("decided_at", DateTime(timezone=True)),
        Column("expires_on", Date()),
        Column("statement", Text()),
        Column("ended_by", String(length=100)),
        Column("ended_at", DateTime(timezone=True)),
        Column("ended_because", Text()),
        Column("erase_on", Date()),
        Column("version", Integer(), nullable=False),
        ForeignKeyConstraint(["search_id"], ["searches.id"], name=op.f("fk_clearances_search_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_clearances")),
        UniqueConstraint("number", name=op.f("uq_clearances_number")),
        UniqueConstraint("search_id", name=op.f("uq_clearances_search_id")),
    )
    op.create_index(
        op.f("ix_clearances_state_code_district_code_station_code_requested_at"),
        "clearances",
        ["state_code", "district_code", "station_code", "requested_at"],
    )
    op.create_index(op.f("ix_clearances_erase_on"), "clearances", ["erase_on"])
