"""The units of the police, and of each search who made it, for which unit and what for."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, String

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add them; who made the searches that are there is not known."""
    op.create_table(
        "units",
        Column("path", String(length=44), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("level", String(length=20), nullable=False),
        Column("telephone", String(length=40), nullable=False),
        PrimaryKeyConstraint("path", name=op.f("pk_units")),
    )
    for name, length in (("actor_id", 100), ("unit", 44), ("purpose", 40), ("reason", 300)):
        op.add_column("searches", Column(name, String(length=length)))
