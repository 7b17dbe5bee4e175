"""Records that were merged, and encounters that went from one record to another."""

from alembic import op
from sqlalchemy import JSON, Column, DateTime, ForeignKeyConstraint, PrimaryKeyConstraint, String

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add where a merged record leads to, and two tables."""
    op.add_column("records", Column("merged_into", String(length=36)))
    op.create_index(op.f("ix_records_merged_into"), "records", ["merged_into"])
    op.create_table(
        "merges",
        Column("id", String(length=36), nullable=False),
        Column("survivor_id", String(length=36), nullable=False),
        Column("merged_id", String(length=36), nullable=False),
        Column("reason", String(length=300), nullable=False),
        Column("aliases", JSON(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(length=100), nullable=False),
        Column("undone_at", DateTime(timezone=True)),
        Column("undone_by", String(length=100)),
        Column("undone_because", String(length=300)),
        ForeignKeyConstraint(["survivor_id"], ["records.id"], name=op.f("fk_merges_survivor_id"), ondelete="CASCADE"),
        ForeignKeyConstraint(["merged_id"], ["records.id"], name=op.f("fk_merges_merged_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_table(
        "moves",
        Column("id", String(length=36), nullable=False),
        Column("encounter_id", String(length=36), nullable=False),
        Column("from_id", String(length=36), nullable=False),
        Column("to_id", String(length=36), nullable=False),
        Column("merge_id", String(length=36)),
        Column("undoes_id", String(length=36)),
        Column("reason", String(length=300), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_moves_encounter_id"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["from_id"], ["records.id"], name=op.f("fk_moves_from_id"), ondelete="CASCADE"),
        ForeignKeyConstraint(["to_id"], ["records.id"], name=op.f("fk_moves_to_id"), ondelete="CASCADE"),
        ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_moves_merge_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    for table, columns in (
        ("merges", ("survivor_id", "merged_id")),
        ("moves", ("encounter_id", "from_id", "to_id", "merge_id")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
