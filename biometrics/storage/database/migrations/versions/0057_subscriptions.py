"""Add subscriptions to people on record, and what they were told of."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0057"
down_revision = "0056"

_UNIT = (("state_code", 2), ("district_code", 20), ("station_code", 20))


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "subscriptions",
        Column("id", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
        Column("record_id", String(length=36), nullable=False),
        Column("owner", String(length=100), nullable=False),
        *(Column(name, String(length=length), nullable=False) for name, length in _UNIT),
        Column("legal_basis", Text(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_on", Date(), nullable=False),
        Column("ended_at", DateTime(timezone=True)),
        Column("ended_by", String(length=100)),
        Column("ended_because", Text()),
        Column("version", Integer(), nullable=False),
        ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_subscriptions_record_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_record_id"), "subscriptions", ["record_id"])
    op.create_table(
        "subscription_events",
        Column("id", String(length=36), nullable=False),
        Column("subscription_id", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("about", String(length=36), nullable=False),
        *(Column(name, String(length=length), nullable=False) for name, length in _UNIT),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_subscription_events_subscription_id"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_subscription_events")),
    )
    op.create_index(
        op.f("ix_subscription_events_subscription_id_kind_about"),
        "subscription_events",
        ["subscription_id", "kind", "about"],
        unique=True,
    )
