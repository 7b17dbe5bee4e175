"""A sample may be a part of a photo, and say which mark on the body it shows."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Add the columns; samples of before have neither."""
    op.add_column("samples", Column("box", JSON(none_as_null=True)))
    op.add_column("samples", Column("mark", JSON(none_as_null=True)))
