"""What must still follow from the outcome of a case."""

from alembic import op
from sqlalchemy import Column, String

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cases", Column("due", String(length=20)))
    op.create_index(op.f("ix_cases_due"), "cases", ["due"])
