"""Add the minutiae that examiners mark, and whether a case is urgent."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the columns; older rows have no marks and are not urgent."""
    op.add_column("case_opinions", Column("marks", JSON()))
    op.add_column("cases", Column("is_urgent", Boolean()))
