"""Add the features that an analysis marks on the probe, and its pattern class."""

from alembic import op
from sqlalchemy import JSON, Column, String

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Add the columns; older analyses have neither."""
    op.add_column("case_analyses", Column("marks", JSON(none_as_null=True)))
    op.add_column("case_analyses", Column("pattern", String(length=2)))
