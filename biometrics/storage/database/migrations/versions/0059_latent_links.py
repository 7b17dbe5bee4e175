"""Compare unsolved latents with each other: the checks to make, the links found, and cases about two latents."""

from alembic import op
from sqlalchemy import (
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
)

revision = "0059"
down_revision = "0058"

_ID = String(length=36)


def _foreign_key(table: str, column: str) -> ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return ForeignKeyConstraint([column], ["standing_searches.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Create the tables, and request the check of every latent that is searched for."""
    op.create_table(
        "link_checks",
        Column("standing_id", _ID, nullable=False),
        Column("requested_at", DateTime(timezone=True), nullable=False),
        Column("tries", SmallInteger(), nullable=False),
        _foreign_key("link_checks", "standing_id"),
        PrimaryKeyConstraint("standing_id", name=op.f("pk_link_checks")),
    )
    op.create_index(op.f("ix_link_checks_tries_requested_at"), "link_checks", ["tries", "requested_at"])
    op.create_table(
        "latent_links",
        Column("id", _ID, nullable=False),
        Column("first_id", _ID, nullable=False),
        Column("second_id", _ID, nullable=False),
        Column("score", Double(), nullable=False),
        Column("found_at", DateTime(timezone=True), nullable=False),
        _foreign_key("latent_links", "first_id"),
        _foreign_key("latent_links", "second_id"),
        PrimaryKeyConstraint("id", name=op.f("pk_latent_links")),
        UniqueConstraint("first_id", "second_id", name=op.f("uq_latent_links_first_id_second_id")),
    )
    op.create_index(op.f("ix_latent_links_second_id"), "latent_links", ["second_id"])
    op.add_column("cases", Column("candidate_search_id", _ID))
    op.create_index(op.f("ix_cases_candidate_search_id"), "cases", ["candidate_search_id"])
    op.execute(
        "INSERT INTO link_checks (standing_id, requested_at, tries) SELECT id, created_at, 0 FROM standing_searches "
        "WHERE kind = 'latent' AND search_id IS NOT NULL AND ended_at IS NULL"
    )
