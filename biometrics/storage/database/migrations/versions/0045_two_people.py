"""Add requests to change accounts, who made which account, and codes on paper."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from alembic import op
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    String,
    Text,
    bindparam,
    column,
    table,
    text,
)

revision = "0045"
down_revision = "0044"

MADE = ("account.create", "account.rights", "account.enable", "account.password_reset", "account.totp_reset")


def upgrade() -> None:
    """Create the tables; who made an account in the last 30 days is in the audit log."""
    op.create_table(
        "account_requests",
        Column("id", String(length=36), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("user_id", String(length=36)),
        Column("content", Text(), nullable=False),
        Column("requested_by", String(length=36), nullable=False),
        Column("requested_at", DateTime(timezone=True), nullable=False),
        Column("first_prefix", String(length=24)),
        Column("first_sha256", String(length=64)),
        ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_requests_user_id_users"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["requested_by"], ["users.id"], name=op.f("fk_account_requests_requested_by_users"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_account_requests")),
    )
    for name in ("user_id", "requested_by", "requested_at"):
        op.create_index(op.f(f"ix_account_requests_{name}"), "account_requests", [name])
    op.create_table(
        "account_makers",
        Column("id", String(length=36), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("maker_id", String(length=100), nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_makers_user_id_users"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_account_makers")),
    )
    for name in ("user_id", "made_at"):
        op.create_index(op.f(f"ix_account_makers_{name}"), "account_makers", [name])
    op.add_column("users", Column("paper_sha256", String(length=64)))
    op.drop_column("users", "password_reset_by")
    op.drop_column("users", "totp_reset_by")
    _fill_makers()


def _fill_makers() -> None:
    connection, since = op.get_bind(), datetime.now(UTC) - timedelta(days=30)
    makers = table(
        "account_makers",
        column("id", String),
        column("user_id", String),
        column("maker_id", String),
        column("made_at", DateTime(timezone=True)),
    )
    known = set(connection.execute(text("SELECT id FROM users")).scalars())
    entries = text(
        "SELECT at, actor_id, subject_id FROM audit_entries WHERE action IN :actions AND at >= :since "
        "AND actor_id NOT LIKE 'local:%'"
    ).bindparams(bindparam("actions", expanding=True))
    found = connection.execute(entries, {"actions": MADE, "since": f"{since:%Y-%m-%dT%H:%M:%S}"}).all()
    rows = [
        {"id": str(uuid4()), "user_id": user, "maker_id": maker, "made_at": datetime.fromisoformat(at)}
        for at, maker, user in found
        if user in known
    ]
    if rows:
        connection.execute(makers.insert(), rows)
