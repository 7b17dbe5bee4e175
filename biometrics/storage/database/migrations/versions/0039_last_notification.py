"""Rename the column of webhooks that holds the number of the last notification queued."""

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Rename the column; its numbers stay."""
    op.alter_column("webhooks", "told", new_column_name="last_notification")
