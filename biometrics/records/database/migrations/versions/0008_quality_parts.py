"""The measures that a sample's quality is made of."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0008"
down_revision = "0004"


def upgrade() -> None:
    """Add the measures."""
    op.add_column("samples", Column("quality_parts", JSON()))
