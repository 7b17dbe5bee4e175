"""What is known of a capture: fingers that could not be taken, and from where a photo shows the face."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, SmallInteger, String

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the table and add the column; of what is stored, nothing of it is known."""
    op.create_table(
        "missing_fingers",
        Column("encounter_id", String(length=36), nullable=False),
        Column("finger_position", SmallInteger(), nullable=False),
        Column("reason", String(length=20), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"],
            ["encounters.id"],
            name=op.f("fk_missing_fingers_encounter_id"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("encounter_id", "finger_position", name=op.f("pk_missing_fingers")),
    )
    op.add_column("samples", Column("photo_view", String(length=20)))
