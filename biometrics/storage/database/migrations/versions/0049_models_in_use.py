"""Add the models in use, and the samples that are extracted again."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)

revision = "0049"
down_revision = "0048"

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; the first start enters the model that made most templates."""
    op.create_table(
        "models_in_use",
        Column("id", String(length=36), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("name", String(length=100), nullable=False),
        Column("in_force", Boolean(), nullable=False),
        Column("replaced_at", DateTime(timezone=True)),
        Column("wanted", Boolean(), nullable=False),
        Column("complete_to", _NUMBER, nullable=False),
        Column("started_at", DateTime(timezone=True)),
        Column("to_do", Integer(), nullable=False),
        Column("done", Integer(), nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_models_in_use")),
        UniqueConstraint("modality", "model", name=op.f("uq_models_in_use_modality_model")),
    )
    op.create_table(
        "reextractions",
        Column("sample_id", _NUMBER, nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("holder", String(length=36), nullable=False),
        Column("leased_until", DateTime(timezone=True)),
        Column("tries", SmallInteger(), nullable=False),
        Column("code", String(length=100)),
        Column("detail", Text()),
        ForeignKeyConstraint(
            ["sample_id"], ["samples.id"], name=op.f("fk_reextractions_sample_id_samples"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("sample_id", "model", name=op.f("pk_reextractions")),
    )
    op.create_index(op.f("ix_reextractions_model_leased_until"), "reextractions", ["model", "leased_until"])
