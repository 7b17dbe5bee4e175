"""The index on merged records, without those that were not merged: SQLite took it for a narrow way to all records."""

from alembic import op
from sqlalchemy import text

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Replace the index."""
    op.drop_index(op.f("ix_records_merged_into"), "records")
    where = text("merged_into IS NOT NULL")
    name = op.f("ix_records_merged_into")
    op.create_index(name, "records", ["merged_into"], sqlite_where=where, postgresql_where=where)
