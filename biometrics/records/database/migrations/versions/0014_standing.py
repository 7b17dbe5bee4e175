"""Standing searches, checks of enrolments, notifications."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
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

revision = "0014"
down_revision = "0013"

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_checks()
    _create_standing()
    op.create_table(
        "notifications",
        Column("number", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("recipient", String(length=100), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("about", String(length=36), nullable=False),
        Column("standing_id", String(length=36)),
        Column("record_id", String(length=36)),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("read_at", DateTime(timezone=True)),
        PrimaryKeyConstraint("number", name=op.f("pk_notifications")),
        UniqueConstraint("recipient", "kind", "about", name=op.f("uq_notifications_recipient_kind_about")),
    )
    op.create_index(op.f("ix_notifications_recipient_number"), "notifications", ["recipient", "number"])


def _create_checks() -> None:
    op.create_table(
        "enrolment_checks",
        Column("encounter_id", String(length=36), nullable=False),
        Column("owner", String(length=100), nullable=False),
        Column("requested_at", DateTime(timezone=True), nullable=False),
        Column("tries", SmallInteger(), nullable=False),
        _parent("enrolment_checks", "encounter_id", "encounters"),
        PrimaryKeyConstraint("encounter_id", name=op.f("pk_enrolment_checks")),
    )
    op.create_index(op.f("ix_enrolment_checks_tries_requested_at"), "enrolment_checks", ["tries", "requested_at"])
    op.create_table(
        "search_images",
        Column("id", String(length=36), nullable=False),
        Column("search_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("media_type", String(length=100), nullable=False),
        Column("data", LargeBinary(), nullable=False),
        _parent("search_images", "search_id", "searches"),
        PrimaryKeyConstraint("id", name=op.f("pk_search_images")),
        UniqueConstraint("search_id", "ordinal", name=op.f("uq_search_images_search_id_ordinal")),
    )


def _create_standing() -> None:
    op.create_table(
        "standing_searches",
        Column("id", String(length=36), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("search_id", String(length=36)),
        Column("encounter_id", String(length=36)),
        Column("owner", String(length=100), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_on", Date()),
        Column("ended_at", DateTime(timezone=True)),
        Column("ended_by", String(length=100)),
        Column("ended_because", Text()),
        Column("version", Integer(), nullable=False),
        _parent("standing_searches", "search_id", "searches"),
        _parent("standing_searches", "encounter_id", "encounters"),
        PrimaryKeyConstraint("id", name=op.f("pk_standing_searches")),
        *(
            UniqueConstraint(column, name=op.f(f"uq_standing_searches_{column}"))
            for column in ("number", "search_id", "encounter_id")
        ),
    )
    op.create_table(
        "standing_probes",
        Column("id", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("standing_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        _parent("standing_probes", "standing_id", "standing_searches"),
        PrimaryKeyConstraint("id", name=op.f("pk_standing_probes")),
        UniqueConstraint("standing_id", "ordinal", name=op.f("uq_standing_probes_standing_id_ordinal")),
    )
    op.create_index(op.f("ix_standing_probes_standing_id"), "standing_probes", ["standing_id"])
    op.create_table(
        "standing_changes",
        Column("sequence", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("operation", String(length=20), nullable=False),
        Column("probe_id", ROW_NUMBER, nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        PrimaryKeyConstraint("sequence", name=op.f("pk_standing_changes")),
    )
    columns = ["modality", "model", "sequence"]
    op.create_index(op.f("ix_standing_changes_modality_model_sequence"), "standing_changes", columns)


def _parent(table: str, column: str, parent: str) -> ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="CASCADE")
