"""The first tables: records, samples with their templates, the change sequence, and searches."""

import uuid

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    _create_records()
    _create_samples()
    _create_changes()
    _create_searches()
    identity = op.create_table(
        "identity",
        Column("id", String(length=36), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_identity")),
    )
    op.bulk_insert(identity, [{"id": str(uuid.uuid4())}])


def _create_records() -> None:
    op.create_table(
        "records",
        Column("id", String(length=36), nullable=False),
        Column("national_number", String(length=10), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("name_folded", String(length=3600), nullable=False),
        Column("sex", String(length=20), nullable=False),
        Column("birth_year", SmallInteger()),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_records")),
        UniqueConstraint("national_number", name=op.f("uq_records_national_number")),
    )
    op.create_index(op.f("ix_records_created_at_id"), "records", ["created_at", "id"])
    op.create_table(
        "aliases",
        Column("record_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("name_folded", String(length=3600), nullable=False),
        ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_aliases_record_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("record_id", "ordinal", name=op.f("pk_aliases")),
    )
    op.create_table(
        "encounters",
        Column("id", String(length=36), nullable=False),
        Column("record_id", String(length=36), nullable=False),
        Column("fir_number", String(length=40), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("date", Date(), nullable=False),
        Column("officer", String(length=200), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_encounters_record_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_encounters")),
    )
    op.create_index(op.f("ix_encounters_fir_number"), "encounters", ["fir_number"])
    op.create_index(op.f("ix_encounters_record_id"), "encounters", ["record_id"])
    op.create_index(op.f("ix_encounters_station_code"), "encounters", ["station_code"])
    op.create_table(
        "sections",
        Column("encounter_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("act", String(length=100), nullable=False),
        Column("section", String(length=40), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_sections_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("encounter_id", "ordinal", name=op.f("pk_sections")),
    )


def _create_samples() -> None:
    op.create_table(
        "samples",
        Column("id", ROW_NUMBER, nullable=False),
        Column("encounter_id", String(length=36), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("finger_position", SmallInteger()),
        Column("impression", SmallInteger()),
        Column("media_type", String(length=100), nullable=False),
        Column("width", Integer(), nullable=False),
        Column("height", Integer(), nullable=False),
        Column("ppi", Double()),
        Column("quality", SmallInteger(), nullable=False),
        Column("image_sha256", String(length=64), nullable=False),
        Column("image_bytes", Integer(), nullable=False),
        Column("filename", String(length=255), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_samples_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_samples")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_samples_encounter_id"), "samples", ["encounter_id"])
    op.create_index(op.f("ix_samples_modality_finger_position"), "samples", ["modality", "finger_position"])
    op.create_index(op.f("ix_samples_image_sha256"), "samples", ["image_sha256"])
    op.create_table(
        "templates",
        Column("id", ROW_NUMBER, nullable=False),
        Column("sample_id", ROW_NUMBER, nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("data", LargeBinary(), nullable=False),
        ForeignKeyConstraint(["sample_id"], ["samples.id"], name=op.f("fk_templates_sample_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        UniqueConstraint("sample_id", "model", name=op.f("uq_templates_sample_id_model")),
        sqlite_autoincrement=True,
    )


def _create_changes() -> None:
    op.create_table(
        "counters",
        Column("name", String(length=50), nullable=False),
        Column("value", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "changes",
        Column("sequence", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("operation", String(length=20), nullable=False),
        Column("template_id", ROW_NUMBER, nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        PrimaryKeyConstraint("sequence", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_modality_model_sequence"), "changes", ["modality", "model", "sequence"])


def _create_searches() -> None:
    op.create_table(
        "searches",
        Column("id", String(length=36), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("case_number", String(length=40), nullable=False),
        Column("officer", String(length=200), nullable=False),
        Column("settings", JSON(), nullable=False),
        Column("gallery_size", Integer(), nullable=False),
        Column("sequence", BigInteger(), nullable=False),
        Column("threshold", Double(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_table(
        "search_probes",
        Column("search_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("data", LargeBinary(), nullable=False),
        Column("quality", SmallInteger(), nullable=False),
        Column("finger_position", SmallInteger()),
        Column("label", String(length=300), nullable=False),
        Column("image_sha256", String(length=64), nullable=False),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_probes_search_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("search_id", "ordinal", name=op.f("pk_search_probes")),
    )
    op.create_table(
        "search_candidates",
        Column("search_id", String(length=36), nullable=False),
        Column("rank", Integer(), nullable=False),
        Column("record_id", String(length=36), nullable=False),
        Column("score", Double(), nullable=False),
        Column("detail", JSON(), nullable=False),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_candidates_search_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("search_id", "rank", name=op.f("pk_search_candidates")),
    )
    op.create_index(op.f("ix_search_candidates_record_id"), "search_candidates", ["record_id"])
