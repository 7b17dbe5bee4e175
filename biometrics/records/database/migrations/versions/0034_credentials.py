"""What each act was authenticated with, who reset an account, and whether its owner confirmed an outside identity."""

from alembic import op
from sqlalchemy import Column, DateTime, String, column, table, text

revision = "0034"
down_revision = "0033"

CREDENTIAL_LENGTH = 60
ACTOR_LENGTH = 100


def upgrade() -> None:
    """Add the columns; identities that were linked before stay in effect."""
    for name in ("audit_entries", "webhooks"):
        op.add_column(name, Column("credential", String(CREDENTIAL_LENGTH), nullable=False, server_default=text("''")))
    op.create_index(op.f("ix_audit_entries_credential_number"), "audit_entries", ["credential", "number"])
    for name in ("password_reset_by", "totp_reset_by"):
        op.add_column("users", Column(name, String(ACTOR_LENGTH)))
    op.add_column("user_identities", Column("confirmed_at", DateTime(timezone=True)))
    identities = table("user_identities", column("created_at"), column("confirmed_at"))
    op.execute(identities.update().values(confirmed_at=identities.c.created_at))
