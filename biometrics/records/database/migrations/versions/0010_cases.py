"""Cases that examiners decide."""

from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cases",
        Column("id", String(length=36), nullable=False),
        Column("asked", String(length=120)),
        Column("kind", String(length=20), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("outcome", String(length=20)),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("ended_at", DateTime(timezone=True)),
        Column("candidate_id", String(length=36), nullable=False),
        Column("record_id", String(length=36)),
        Column("encounter_id", String(length=36)),
        Column("search_id", String(length=36)),
        Column("standing_id", String(length=36)),
        Column("owner", String(length=100), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("score", Double(), nullable=False),
        Column("rank", Integer(), nullable=False),
        Column("hint", String(length=20), nullable=False),
        Column("detail", JSON(), nullable=False),
        Column("verified", String(length=100), nullable=False),
        Column("withdrawn_by", String(length=100)),
        Column("withdrawn_because", Text()),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        UniqueConstraint("asked", name=op.f("uq_cases_asked")),
    )
    for columns in (
        ["candidate_id"],
        ["record_id"],
        ["search_id"],
        ["standing_id"],
        ["created_at", "id"],
        ["state", "created_at", "id"],
    ):
        op.create_index(op.f(f"ix_cases_{'_'.join(columns)}"), "cases", columns)
    op.create_table(
        "case_parts",
        Column("case_id", String(length=36), nullable=False),
        Column("part", String(length=20), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_parts_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "part", name=op.f("pk_case_parts")),
        UniqueConstraint("case_id", "actor", name=op.f("uq_case_parts_case_id_actor")),
    )
    _create_steps(
        "case_analyses",
        SmallInteger(),
        Column("of_value", Boolean(), nullable=False),
        Column("notes", Text(), nullable=False),
    )
    _create_steps(
        "case_looks",
        Integer(),
        Column("side", String(length=20), nullable=False),
        Column("image", String(length=40), nullable=False),
    )
    _create_steps(
        "case_opinions",
        SmallInteger(),
        Column("part", String(length=20), nullable=False),
        Column("conclusion", String(length=20), nullable=False),
        Column("notes", Text(), nullable=False),
        Column("looked_at", JSON(), nullable=False),
        Column("because", Text(), nullable=False),
    )


def _create_steps(table: str, ordinal: Integer, *columns: Column[Any]) -> None:
    op.create_table(
        table,
        Column("case_id", String(length=36), nullable=False),
        Column("ordinal", ordinal, nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        *columns,
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "ordinal", name=op.f(f"pk_{table}")),
    )
