"""What tells a database from its copies, which have the same identity: an image store knows its users by it."""

import uuid

from alembic import op
from sqlalchemy import Column, String, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the id, and give this database one."""
    op.add_column("identity", Column("database_id", String(length=36)))
    op.execute(text("UPDATE identity SET database_id = :new").bindparams(new=str(uuid.uuid4())))
