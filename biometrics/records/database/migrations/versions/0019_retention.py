"""What was directed about the keeping of samples, and what was destroyed."""

from alembic import op
from sqlalchemy import Column, Date, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Text

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "retention_orders",
        Column("id", String(length=36), nullable=False),
        Column("encounter_id", String(length=36), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("authority", String(length=200), nullable=False),
        Column("reference", String(length=100), nullable=False),
        Column("date", Date(), nullable=False),
        Column("until", Date()),
        Column("reason", String(length=300), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(length=100), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_retention_orders")),
        ForeignKeyConstraint(
            ["encounter_id"],
            ["encounters.id"],
            name=op.f("fk_retention_orders_encounter_id_encounters"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_retention_orders_encounter_id"), "retention_orders", ["encounter_id"])
    op.create_table(
        "expungements",
        Column("id", String(length=36), nullable=False),
        Column("record_id", String(length=36), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("content", Text(), nullable=False),
        Column("signature", String(length=128)),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_expungements")),
    )
    op.create_index(op.f("ix_expungements_record_id"), "expungements", ["record_id"])
