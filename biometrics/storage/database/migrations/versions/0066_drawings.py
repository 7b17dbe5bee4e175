"""Add the ridge counts and tracings that examiners draw on the images of a case."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    """Add the columns; older rows have none."""
    for table in ("case_analyses", "case_opinions", "case_working_marks"):
        op.add_column(table, Column("drawings", JSON(none_as_null=True)))
