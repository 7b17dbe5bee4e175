"""Take the withdrawn finding "possible alteration" out of the faults of stored samples."""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Leave the other faults in their order; a sample without any has none."""
    op.execute(
        "UPDATE samples SET quality_faults = "
        "NULLIF(TRIM(REPLACE(',' || quality_faults || ',', ',possible_alteration,', ','), ','), '') "
        "WHERE quality_faults LIKE '%possible_alteration%'"
    )
