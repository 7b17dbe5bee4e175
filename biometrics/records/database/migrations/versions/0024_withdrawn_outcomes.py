"""That what was entered of a court is withdrawn, or another one put in its place."""

from alembic import op
from sqlalchemy import Column, DateTime, String

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("outcomes", Column("withdrawn_at", DateTime(timezone=True)))
    op.add_column("outcomes", Column("withdrawn_by", String(length=100)))
    op.add_column("outcomes", Column("withdrawn_because", String(length=300)))
    op.add_column("outcomes", Column("replaced_by", String(length=36)))
