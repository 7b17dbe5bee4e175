"""Filters of the list of records that accounts have saved."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, DateTime, ForeignKeyConstraint, PrimaryKeyConstraint, String, UniqueConstraint

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "saved_filters",
        Column("id", String(length=36), nullable=False),
        Column("owner_id", String(length=36), nullable=False),
        Column("name", String(length=100), nullable=False),
        Column("conditions", JSON(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_saved_filters_owner_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        UniqueConstraint("owner_id", "name", name=op.f("uq_saved_filters_owner_id_name")),
    )
