"""Add the files of requests that are carried out later."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, SmallInteger, String

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Create the table; requests that wait are of another form, and are answered with `task_outdated`."""
    op.create_table(
        "task_files",
        Column("task_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("image_name", String(length=64), nullable=False),
        ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_files_task_id_tasks"), ondelete="CASCADE"),
        PrimaryKeyConstraint("task_id", "ordinal", name=op.f("pk_task_files")),
    )
    op.create_index(op.f("ix_task_files_image_name"), "task_files", ["image_name"])
