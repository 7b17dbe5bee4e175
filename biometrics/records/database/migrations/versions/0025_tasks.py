"""Tasks of our own API beside OSIA's, and webhooks."""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
)

revision = "0025"
down_revision = "0024"

_KEPT = (
    "id, operation, owner, act, priority, transaction_id, callback, call, result, failed, state, runs, attempts, "
    "due_at, created_at, changed_at"
)


def upgrade() -> None:
    """Create the tables, and move OSIA's tasks."""
    op.create_table(
        "tasks",
        Column("id", String(length=36), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("operation", String(length=100), nullable=False),
        Column("owner", String(length=100), nullable=False),
        Column("act", JSON(), nullable=False),
        Column("priority", SmallInteger(), nullable=False),
        Column("transaction_id", Text(), nullable=False),
        Column("callback", Text(), nullable=False),
        Column("webhook_id", String(length=36)),
        Column("call", LargeBinary()),
        Column("result", LargeBinary()),
        Column("failed", Boolean(), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("stage", String(length=20)),
        Column("runs", Integer(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("due_at", DateTime(timezone=True)),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    for columns in (
        ("due_at", "priority"),
        ("changed_at",),
        ("owner", "kind", "created_at"),
        ("webhook_id", "created_at"),
    ):
        op.create_index(op.f(f"ix_tasks_{'_'.join(columns)}"), "tasks", list(columns))
    op.execute(f"INSERT INTO tasks (kind, {_KEPT}) SELECT 'osia', {_KEPT} FROM osia_tasks")  # noqa: S608
    op.drop_table("osia_tasks")
    op.create_table(
        "webhooks",
        Column("id", String(length=36), nullable=False),
        Column("owner", String(length=36), nullable=False),
        Column("url", Text(), nullable=False),
        Column("events", JSON(), nullable=False),
        Column("secret", LargeBinary(), nullable=False),
        Column("told", BigInteger(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_owner"), "webhooks", ["owner"])
