"""Requests that were carried out under an idempotency key."""

from alembic import op
from sqlalchemy import JSON, Column, DateTime, PrimaryKeyConstraint, String, UniqueConstraint

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "once_keys",
        Column("id", String(length=36), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("key", String(length=255), nullable=False),
        Column("step", String(length=20), nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("answer", JSON(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_once_keys")),
        UniqueConstraint("actor", "key", "step", name=op.f("uq_once_keys_actor_key_step")),
    )
    op.create_index(op.f("ix_once_keys_created_at"), "once_keys", ["created_at"])
