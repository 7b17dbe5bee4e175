"""Add the marks of examiners at work, and why an identification rests on no marked correspondences."""

from alembic import op
from sqlalchemy import JSON, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Text

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Create the table and the column; until now browsers kept such marks, and send them."""
    op.create_table(
        "case_working_marks",
        Column("case_id", String(length=36), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("marks", JSON(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_working_marks_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "actor", name=op.f("pk_case_working_marks")),
    )
    op.add_column("case_opinions", Column("unmarked_because", Text()))
