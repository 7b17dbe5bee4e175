"""Remove the scales of scores that were learned from the gallery."""

from alembic import op

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    """All scores are stated by the shipped scales."""
    op.drop_table("learned_scales")
    op.drop_table("scale_refusals")
