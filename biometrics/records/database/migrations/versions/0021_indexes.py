"""Indexes that SQLite, which counts no rows, does not take for better than they are."""

from alembic import op
from sqlalchemy import text

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Leave records that were not merged out of one index, and put a unit's codes behind the record's id in another."""
    merged = op.f("ix_records_merged_into")
    op.drop_index(merged, "records")
    where = text("merged_into IS NOT NULL")
    op.create_index(merged, "records", ["merged_into"], sqlite_where=where, postgresql_where=where)
    op.drop_index(op.f("ix_encounters_record_id"), "encounters")
    columns = ["record_id", "state_code", "district_code", "station_code"]
    op.create_index(op.f(f"ix_encounters_{'_'.join(columns)}"), "encounters", columns)
