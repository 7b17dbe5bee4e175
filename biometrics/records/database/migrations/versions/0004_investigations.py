"""A search without a threshold: an investigation. The column is replaced, as revision 0002 explains."""

from alembic import op
from sqlalchemy import Column, Double, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Let the threshold be absent."""
    op.add_column("searches", Column("new_threshold", Double()))
    op.execute(text("UPDATE searches SET new_threshold = threshold"))
    op.drop_column("searches", "threshold")
    op.alter_column("searches", "new_threshold", new_column_name="threshold")
