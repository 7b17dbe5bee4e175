"""Add the grounds of opinions in fields."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    """Add the column; older opinions have none."""
    op.add_column("case_opinions", Column("basis", JSON(none_as_null=True)))
