"""Add the templates of kept probes by other models, and how a probe was read from its file."""

from alembic import op
from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)

revision = "0050"
down_revision = "0049"

_NAME = "uq_standing_probes_standing_id_ordinal"


def upgrade() -> None:
    """Create the table; a standing search has a probe of each model from now on."""
    op.add_column("search_probes", Column("reading", JSON()))
    op.create_table(
        "probe_templates",
        Column("id", String(length=36), nullable=False),
        Column("search_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("data", LargeBinary()),
        Column("holder", String(length=36), nullable=False),
        Column("leased_until", DateTime(timezone=True)),
        Column("tries", SmallInteger(), nullable=False),
        Column("code", String(length=100)),
        Column("detail", Text()),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_probe_templates_search_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_probe_templates")),
        UniqueConstraint("search_id", "ordinal", "model", name=op.f("uq_probe_templates_search_id_ordinal_model")),
    )
    op.create_index(op.f("ix_probe_templates_model_leased_until"), "probe_templates", ["model", "leased_until"])
    with op.batch_alter_table("standing_probes") as table:
        table.drop_constraint(op.f(_NAME), type_="unique")
        table.create_unique_constraint(op.f(f"{_NAME}_model"), ["standing_id", "ordinal", "model"])
