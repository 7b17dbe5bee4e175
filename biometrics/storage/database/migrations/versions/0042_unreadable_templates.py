"""Add which templates cannot be decrypted, and which checks wait for a model."""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Add the table and the column; older checks wait for no model."""
    op.create_table(
        "unreadable_templates",
        Column("template_id", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
        Column("found_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_unreadable_templates_template_id"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("template_id", name=op.f("pk_unreadable_templates")),
    )
    op.add_column("enrolment_checks", Column("model", String(64)))
