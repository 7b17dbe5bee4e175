"""Add who enrolled each sample, the state of a learned scale, and why none was learned."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Scales that were learned before are in force; who enrolled the samples of before is not known."""
    op.add_column("samples", sa.Column("enrolled_by", sa.String(length=100)))
    op.add_column("learned_scales", sa.Column("state", sa.String(length=20), nullable=False, server_default="in_force"))
    op.create_table(
        "scale_refusals",
        sa.Column("modality", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("modality", name=op.f("pk_scale_refusals")),
    )
