"""Quality that may be unknown, what is wrong with a sample, and why it was enrolled all the same.

SQLite cannot change a column, and a table that is made anew there takes the rows of others with it (a foreign key that
cascades); so the column is replaced. The old quality of a fingerprint was of another scale and is dropped.
"""

from alembic import op
from sqlalchemy import Column, SmallInteger, String, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Replace `quality` in both tables that have it, and add two columns to the samples."""
    for table in ("samples", "search_probes"):
        op.add_column(table, Column("quality_of_face", SmallInteger()))
        op.execute(text(f"UPDATE {table} SET quality_of_face = quality WHERE modality = 'face'"))  # noqa: S608
        op.drop_column(table, "quality")
        op.alter_column(table, "quality_of_face", new_column_name="quality")
    op.add_column("samples", Column("quality_faults", String(length=200)))
    op.add_column("samples", Column("accepted_because", String(length=300)))
