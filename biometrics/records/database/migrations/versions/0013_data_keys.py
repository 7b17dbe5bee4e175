"""Data keys, wrapped by a master key; what older versions stored lies in the clear until `pehchan keys seal`."""

from alembic import op
from sqlalchemy import Column, DateTime, LargeBinary, PrimaryKeyConstraint, String, text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table of keys and the names of sealed images; note where anything is in the clear."""
    op.create_table(
        "data_keys",
        Column("id", String(length=40), nullable=False),
        Column("wrapped", LargeBinary(), nullable=False),
        Column("master_id", String(length=64), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
    )
    op.create_index(op.f("ix_data_keys_master_id"), "data_keys", ["master_id"])
    op.add_column("identity", Column("master_id", String(length=64)))
    op.add_column("samples", Column("image_name", String(length=64)))
    op.execute(text("UPDATE samples SET image_name = image_sha256"))
    op.create_index(op.f("ix_samples_image_name"), "samples", ["image_name"])
    op.execute(
        text(
            "INSERT INTO counters (name, value) SELECT 'unsealed', 1 "
            "WHERE EXISTS (SELECT 1 FROM samples) OR EXISTS (SELECT 1 FROM search_probes)"
        )
    )
