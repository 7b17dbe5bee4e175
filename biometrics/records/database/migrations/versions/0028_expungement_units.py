"""Whose certificates of destruction are: the unit where what was destroyed was collected."""

from alembic import op
from sqlalchemy import Column, String

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column; the unit of those that are there is not known, and the national bureau alone sees them."""
    op.add_column("expungements", Column("unit", String(length=44)))
    op.create_index(op.f("ix_expungements_created_at_id"), "expungements", ["created_at", "id"])
