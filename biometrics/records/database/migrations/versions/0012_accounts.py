"""Accounts, and what they are recognised by."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables."""
    _users()
    _sessions()
    _keys()
    op.create_table(
        "sign_in_failures",
        Column("login_sha256", String(length=64), nullable=False),
        Column("device_sha256", String(length=64), nullable=False),
        Column("failures", Integer(), nullable=False),
        Column("failed_at", DateTime(timezone=True), nullable=False),
        Column("locked_until", DateTime(timezone=True)),
        PrimaryKeyConstraint("login_sha256", "device_sha256", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_failed_at"), "sign_in_failures", ["failed_at"])


def _users() -> None:
    op.create_table(
        "users",
        Column("id", String(length=36), nullable=False),
        Column("login", String(length=40), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("roles", String(length=200), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("disabled_at", DateTime(timezone=True)),
        Column("password_hash", String(length=200)),
        Column("setup_sha256", String(length=64)),
        Column("setup_until", DateTime(timezone=True)),
        Column("totp_sealed", LargeBinary()),
        Column("totp_since", DateTime(timezone=True)),
        Column("totp_step", BigInteger()),
        PrimaryKeyConstraint("id", name=op.f("pk_users")),
        UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "user_identities",
        Column("issuer", String(length=500), nullable=False),
        Column("subject", String(length=255), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_user_identities")),
        _of("user_identities", "user_id", "users"),
    )
    op.create_table(
        "user_devices",
        Column("sha256", String(length=64), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("seen_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("sha256", name=op.f("pk_user_devices")),
        _of("user_devices", "user_id", "users"),
    )
    for table in ("user_identities", "user_devices"):
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])


def _sessions() -> None:
    op.create_table(
        "user_sessions",
        Column("id", String(length=36), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("method", String(length=20), nullable=False),
        Column("address", String(length=100), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("ended_at", DateTime(timezone=True)),
        Column("ended_because", String(length=20)),
        PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        _of("user_sessions", "user_id", "users"),
    )
    for column in ("user_id", "expires_at"):
        op.create_index(op.f(f"ix_user_sessions_{column}"), "user_sessions", [column])
    op.create_table(
        "refresh_tokens",
        Column("sha256", String(length=64), nullable=False),
        Column("session_id", String(length=36), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("used_at", DateTime(timezone=True)),
        PrimaryKeyConstraint("sha256", name=op.f("pk_refresh_tokens")),
        _of("refresh_tokens", "session_id", "user_sessions"),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"])


def _keys() -> None:
    op.create_table(
        "api_keys",
        Column("id", String(length=36), nullable=False),
        Column("owner_id", String(length=36), nullable=False),
        Column("label", String(length=100), nullable=False),
        Column("prefix", String(length=24), nullable=False),
        Column("sha256", String(length=64), nullable=False),
        Column("scopes", String(length=1000), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("used_at", DateTime(timezone=True)),
        Column("revoked_at", DateTime(timezone=True)),
        PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        UniqueConstraint("sha256", name=op.f("uq_api_keys_sha256")),
        _of("api_keys", "owner_id", "users"),
    )
    op.create_index(op.f("ix_api_keys_owner_id"), "api_keys", ["owner_id"])


def _of(table: str, column: str, parent: str) -> ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="CASCADE")
