"""Kept latents are read again by other weights for latents."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("probe_templates") as batch:
        batch.add_column(Column("network", String(length=64)))
