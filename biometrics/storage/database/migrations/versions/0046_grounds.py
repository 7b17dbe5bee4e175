"""Add whether an identification goes against the automatic comparison, and a supervisor's grounds for it."""

from alembic import op
from sqlalchemy import Boolean, Column, Text

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Add the columns; older opinions were not compared with the ratio, and stand as they are."""
    op.add_column("case_opinions", Column("against_ratio", Boolean()))
    op.add_column("case_opinions", Column("grounds", Text()))
