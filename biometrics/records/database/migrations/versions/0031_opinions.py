"""Whose unit an opinion is of, and the pair of images that it rests on."""

from alembic import op
from sqlalchemy import Column, String

revision = "0031"
down_revision = "0030"

UNIT_LENGTH = 44
IMAGE_LENGTH = 40


def upgrade() -> None:
    """Add the columns; of opinions of before none of it is known."""
    op.add_column("case_opinions", Column("unit", String(length=UNIT_LENGTH)))
    op.add_column("case_opinions", Column("probe", String(length=IMAGE_LENGTH)))
    op.add_column("case_opinions", Column("candidate", String(length=IMAGE_LENGTH)))
