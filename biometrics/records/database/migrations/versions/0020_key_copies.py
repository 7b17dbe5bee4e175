"""Where copies of the data keys are, for restoring backups."""

from alembic import op
from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, String

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "key_copies",
        Column("place", String(length=1000), nullable=False),
        Column("written_at", DateTime(timezone=True), nullable=False),
        Column("master_id", String(length=64), nullable=False),
        PrimaryKeyConstraint("place", name=op.f("pk_key_copies")),
    )
