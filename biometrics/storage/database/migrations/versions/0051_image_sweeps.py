"""Note when each part of the image store was last searched for files that nothing refers to."""

from alembic import op
from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, String

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "image_sweeps",
        Column("part", String(length=1), nullable=False),
        Column("begun_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("part", name=op.f("pk_image_sweeps")),
    )
