"""What the arrest form says of a person and of an arrest, corrections, outcomes from courts, links of encounters."""

from alembic import op
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Time,
)

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add columns to records and encounters, and three tables."""
    op.add_column("records", Column("particulars", JSON()))
    for column in (
        Column("fir_year", SmallInteger()),
        Column("time", Time()),
        Column("place", String(length=200)),
        Column("device", String(length=100)),
        Column("legal_basis", String(length=20)),
    ):
        op.add_column("encounters", column)
    op.drop_index(op.f("ix_encounters_station_code"), "encounters")
    op.create_index(op.f("ix_encounters_station_code_date"), "encounters", ["station_code", "date"])
    op.create_table(
        "person_versions",
        Column("record_id", String(length=36), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("content", JSON(), nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        Column("changed_by", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_person_versions_record_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("record_id", "version", name=op.f("pk_person_versions")),
    )
    op.create_table(
        "outcomes",
        Column("id", String(length=36), nullable=False),
        Column("encounter_id", String(length=36), nullable=False),
        Column("event", String(length=20), nullable=False),
        Column("date", Date(), nullable=False),
        Column("court", String(length=200), nullable=False),
        Column("verdict", String(length=22)),
        Column("case_number", String(length=40), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_outcomes_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_encounter_id"), "outcomes", ["encounter_id"])
    op.create_table(
        "encounter_links",
        Column("id", String(length=36), nullable=False),
        Column("from_id", String(length=36), nullable=False),
        Column("to_id", String(length=36), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["from_id"], ["encounters.id"], name=op.f("fk_encounter_links_from_id"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["to_id"], ["encounters.id"], name=op.f("fk_encounter_links_to_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_encounter_links")),
    )
    op.create_index(op.f("ix_encounter_links_from_id"), "encounter_links", ["from_id"])
    op.create_index(op.f("ix_encounter_links_to_id"), "encounter_links", ["to_id"])
