"""What lists of records go by: columns beside a unit's codes, and indexes in the order of the lists."""

from alembic import op
from sqlalchemy import Column, DateTime, String, text

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the columns, fill them, and make the indexes."""
    op.add_column("records", Column("bare_state", String(length=2)))
    op.add_column("encounters", Column("record_created_at", DateTime(timezone=True)))
    op.execute(
        "UPDATE encounters SET record_created_at = "
        "(SELECT created_at FROM records WHERE records.id = encounters.record_id)"
    )
    op.execute(
        "UPDATE records SET bare_state = substr(national_number, 1, 2) "
        "WHERE NOT EXISTS (SELECT 1 FROM encounters WHERE encounters.record_id = records.id)"
    )
    where = text("bare_state IS NOT NULL")
    columns = ["bare_state", "created_at", "id"]
    op.create_index(
        "ix_records_bare_state_created_at_id", "records", columns, sqlite_where=where, postgresql_where=where
    )
    op.drop_index(op.f("ix_encounters_date"), "encounters")
    for first in ("date", "fir_year"):
        op.create_index(op.f(f"ix_encounters_{first}_record_id"), "encounters", [first, "record_id"])
    codes = ["station_code", "district_code", "state_code"]
    for place, unit in enumerate(("station", "district", "state")):
        order = [*codes[place:], "record_created_at", "record_id"]
        op.create_index(f"ix_encounters_{unit}_records", "encounters", order)
