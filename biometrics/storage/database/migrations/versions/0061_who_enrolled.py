"""The account that entered an encounter."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String, text

revision = "0061"
down_revision = "0060"

# An encounter that was replaced may have samples of another account: for these it stays unknown.
_BY_ITS_SAMPLES = """
UPDATE encounters SET enrolled_by = (
    SELECT min(samples.enrolled_by) FROM samples WHERE samples.encounter_id = encounters.id
    HAVING min(samples.enrolled_by) = max(samples.enrolled_by) AND count(*) = count(samples.enrolled_by)
)
WHERE NOT EXISTS (SELECT 1 FROM encounter_versions WHERE encounter_versions.encounter_id = encounters.id)
"""


def upgrade() -> None:
    """Add the column, with its index, and fill it by the samples."""
    op.add_column("encounters", Column("enrolled_by", String(length=100)))
    op.create_index(op.f("ix_encounters_enrolled_by_record_id"), "encounters", ["enrolled_by", "record_id"])
    op.execute(text(_BY_ITS_SAMPLES))
