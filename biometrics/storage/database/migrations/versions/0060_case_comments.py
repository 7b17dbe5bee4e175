"""Add who was given a case to examine, and comments on cases."""

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, ForeignKeyConstraint, PrimaryKeyConstraint, SmallInteger, String, Text

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_allocations",
        Column("case_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("examiner", String(length=100), nullable=False),
        Column("assigned_by", String(length=100), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_allocations_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_allocations")),
    )
    op.create_index(op.f("ix_case_allocations_assigned_by"), "case_allocations", ["assigned_by"])
    op.create_table(
        "case_comments",
        Column("case_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("text", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("is_blind", Boolean(), nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_comments_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_comments")),
    )
