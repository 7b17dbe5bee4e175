"""What OSIA's clients call people and encounters, galleries, inactive encounters, tasks."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "osia_persons",
        Column("record_id", String(length=36), nullable=False),
        Column("person_id", String(length=100), nullable=False),
        _parent("osia_persons", "record_id", "records.id"),
        PrimaryKeyConstraint("record_id", name=op.f("pk_osia_persons")),
        UniqueConstraint("person_id", name=op.f("uq_osia_persons_person_id")),
    )
    op.create_table(
        "osia_encounters",
        Column("encounter_id", String(length=36), nullable=False),
        Column("client_id", String(length=100), nullable=False),
        Column("encounter_type", String(length=100), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        Column("content", LargeBinary()),
        Column("task_id", String(length=36)),
        _parent("osia_encounters", "encounter_id", "encounters.id"),
        PrimaryKeyConstraint("encounter_id", name=op.f("pk_osia_encounters")),
    )
    op.create_index(op.f("ix_osia_encounters_client_id"), "osia_encounters", ["client_id"])
    op.create_table(
        "encounter_galleries",
        Column("encounter_id", String(length=36), nullable=False),
        Column("gallery", String(length=100), nullable=False),
        _parent("encounter_galleries", "encounter_id", "osia_encounters.encounter_id"),
        PrimaryKeyConstraint("encounter_id", "gallery", name=op.f("pk_encounter_galleries")),
    )
    op.create_index(op.f("ix_encounter_galleries_gallery"), "encounter_galleries", ["gallery"])
    op.create_table(
        "inactive_encounters",
        Column("encounter_id", String(length=36), nullable=False),
        _parent("inactive_encounters", "encounter_id", "encounters.id"),
        PrimaryKeyConstraint("encounter_id", name=op.f("pk_inactive_encounters")),
    )
    _create_tasks()


def _create_tasks() -> None:
    op.create_table(
        "osia_tasks",
        Column("id", String(length=36), nullable=False),
        Column("operation", String(length=40), nullable=False),
        Column("owner", String(length=100), nullable=False),
        Column("act", JSON(), nullable=False),
        Column("priority", SmallInteger(), nullable=False),
        Column("transaction_id", Text(), nullable=False),
        Column("callback", Text(), nullable=False),
        Column("call", LargeBinary()),
        Column("result", LargeBinary()),
        Column("failed", Boolean(), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("runs", Integer(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("due_at", DateTime(timezone=True)),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_osia_tasks")),
    )
    op.create_index(op.f("ix_osia_tasks_due_at_priority"), "osia_tasks", ["due_at", "priority"])
    op.create_index(op.f("ix_osia_tasks_changed_at"), "osia_tasks", ["changed_at"])


def _parent(table: str, column: str, parent: str) -> ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return ForeignKeyConstraint([column], [parent], name=name, ondelete="CASCADE")
