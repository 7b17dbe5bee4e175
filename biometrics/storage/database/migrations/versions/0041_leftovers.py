"""Add what a destruction still has to erase."""

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the column; older destructions have nothing to erase."""
    op.add_column("expungements", Column("leftovers", LargeBinary()))
