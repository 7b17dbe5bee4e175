"""An index for the searches of a day, which the first page counts."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_searches_created_at"), "searches", ["created_at"])
