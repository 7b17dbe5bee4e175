"""Add how examiners displayed the images of a case."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Add the columns; older rows have none."""
    op.add_column("case_opinions", Column("adjustments", JSON(none_as_null=True)))
    op.add_column("case_working_marks", Column("adjustments", JSON(none_as_null=True)))
