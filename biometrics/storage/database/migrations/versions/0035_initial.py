"""Create the tables of the first release.

It replaces the 32 migrations that led to this state before there was a release, and keeps the number of the last one.
"""

import uuid

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
    Text,
    Time,
    UniqueConstraint,
    text,
)

revision = "0035"
down_revision = None

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

# They keep the number of people, and the places of key copies that still hold a destroyed key. An empty database has
# no row for the number.
TRIGGERS_OF_SQLITE = (
    """CREATE TRIGGER records_counted_insert AFTER INSERT ON records WHEN NEW.merged_into IS NULL BEGIN
    INSERT INTO counters (name, value) VALUES ('people', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1; END""",
    """CREATE TRIGGER records_counted_delete AFTER DELETE ON records WHEN OLD.merged_into IS NULL BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'people'; END""",
    """CREATE TRIGGER records_counted_update AFTER UPDATE OF merged_into ON records BEGIN
    UPDATE counters SET value = value + (NEW.merged_into IS NULL) - (OLD.merged_into IS NULL) WHERE name = 'people';
    END""",
    """CREATE TRIGGER data_keys_destroyed AFTER DELETE ON data_keys WHEN OLD.id <> 'snapshots' BEGIN
    INSERT INTO stale_key_copies (place) SELECT place FROM key_copies; END""",
)

# Deferred: the commit locks the counter after all other locks, so that transactions cannot deadlock on it.
TRIGGERS_OF_POSTGRESQL = (
    """CREATE FUNCTION count_people() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE change integer := 0;
    BEGIN
        IF TG_OP <> 'DELETE' THEN change := change + (NEW.merged_into IS NULL)::integer; END IF;
        IF TG_OP <> 'INSERT' THEN change := change - (OLD.merged_into IS NULL)::integer; END IF;
        IF change <> 0 THEN
            INSERT INTO counters (name, value) VALUES ('people', change)
            ON CONFLICT (name) DO UPDATE SET value = counters.value + change;
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE CONSTRAINT TRIGGER records_counted AFTER INSERT OR DELETE OR UPDATE OF merged_into ON records
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_people()""",
    """CREATE FUNCTION note_destroyed_keys() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM destroyed WHERE id <> 'snapshots') THEN
            INSERT INTO stale_key_copies (place) SELECT place FROM key_copies;
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER data_keys_destroyed AFTER DELETE ON data_keys REFERENCING OLD TABLE AS destroyed
    FOR EACH STATEMENT EXECUTE FUNCTION note_destroyed_keys()""",
)

# SQLite's REPLACE removes the old row without firing the trigger for DELETE.
NO_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN NEW.number IN (SELECT number FROM {table})
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""


def upgrade() -> None:
    """Create every table and trigger, and give the database its identity."""
    _create_changes()
    _create_people()
    _create_samples()
    _create_history()
    _create_merges()
    _create_searches()
    _create_cases()
    _create_watchlist()
    _create_accounts()
    _create_crypto()
    _create_retention()
    _create_audit()
    _create_jobs()
    _create_osia()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in TRIGGERS_OF_SQLITE if is_sqlite else TRIGGERS_OF_POSTGRESQL:
        op.execute(statement)
    for name in ("audit_entries", "audit_heads"):
        _refuse_changes(name)


def _create_changes() -> None:
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
    op.create_table(
        "counters",
        Column("name", String(length=50), nullable=False),
        Column("value", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    identity = op.create_table(
        "identity",
        Column("id", String(length=36), nullable=False),
        Column("database_id", String(length=36)),
        Column("master_id", String(length=64)),
        PrimaryKeyConstraint("id", name=op.f("pk_identity")),
    )
    op.bulk_insert(identity, [{"id": str(uuid.uuid4()), "database_id": str(uuid.uuid4())}])


def _create_people() -> None:
    op.create_table(
        "records",
        Column("id", String(length=36), nullable=False),
        Column("national_number", String(length=10), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("sex", String(length=20), nullable=False),
        Column("birth_year", SmallInteger()),
        Column("particulars", JSON()),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("merged_into", String(length=36)),
        Column("bare_state", String(length=2)),
        PrimaryKeyConstraint("id", name=op.f("pk_records")),
        UniqueConstraint("national_number", name=op.f("uq_records_national_number")),
    )
    op.create_index(
        "ix_records_bare_state_created_at_id",
        "records",
        ["bare_state", "created_at", "id"],
        sqlite_where=text("bare_state IS NOT NULL"),
        postgresql_where=text("bare_state IS NOT NULL"),
    )
    op.create_index(op.f("ix_records_birth_year_created_at_id"), "records", ["birth_year", "created_at", "id"])
    op.create_index(op.f("ix_records_created_at_id"), "records", ["created_at", "id"])
    op.create_index(
        "ix_records_merged_into",
        "records",
        ["merged_into"],
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "aliases",
        Column("record_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("name", String(length=200), nullable=False),
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
        Column("fir_year", SmallInteger()),
        Column("time", Time()),
        Column("place", String(length=200)),
        Column("device", String(length=100)),
        Column("legal_basis", String(length=20)),
        Column("record_created_at", DateTime(timezone=True)),
        ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_encounters_record_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_encounters")),
    )
    op.create_index(op.f("ix_encounters_date_record_id"), "encounters", ["date", "record_id"])
    op.create_index(op.f("ix_encounters_district_code_date"), "encounters", ["district_code", "date"])
    op.create_index(
        "ix_encounters_district_records",
        "encounters",
        ["district_code", "state_code", "record_created_at", "record_id"],
    )
    op.create_index(op.f("ix_encounters_fir_number"), "encounters", ["fir_number"])
    op.create_index(op.f("ix_encounters_fir_year_record_id"), "encounters", ["fir_year", "record_id"])
    op.create_index(
        op.f("ix_encounters_record_id_state_code_district_code_station_code"),
        "encounters",
        ["record_id", "state_code", "district_code", "station_code"],
    )
    op.create_index(op.f("ix_encounters_state_code_date"), "encounters", ["state_code", "date"])
    op.create_index("ix_encounters_state_records", "encounters", ["state_code", "record_created_at", "record_id"])
    op.create_index(op.f("ix_encounters_station_code_date"), "encounters", ["station_code", "date"])
    op.create_index(
        "ix_encounters_station_records",
        "encounters",
        ["station_code", "district_code", "state_code", "record_created_at", "record_id"],
    )
    op.create_table(
        "name_words",
        Column("record_id", String(length=36), nullable=False),
        Column("word", String(length=60), nullable=False),
        Column("key", String(length=60), nullable=False),
        ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_name_words_record_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("record_id", "word", name=op.f("pk_name_words")),
    )
    op.create_index(op.f("ix_name_words_key_record_id"), "name_words", ["key", "record_id"])
    op.create_index(op.f("ix_name_words_word_record_id"), "name_words", ["word", "record_id"])
    op.create_table(
        "missing_fingers",
        Column("encounter_id", String(length=36), nullable=False),
        Column("finger_position", SmallInteger(), nullable=False),
        Column("reason", String(length=20), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_missing_fingers_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("encounter_id", "finger_position", name=op.f("pk_missing_fingers")),
    )
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
    op.create_index(op.f("ix_sections_section_act"), "sections", ["section", "act"])


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
        Column("quality", SmallInteger()),
        Column("quality_faults", String(length=200)),
        Column("quality_parts", JSON()),
        Column("accepted_because", String(length=300)),
        Column("image_sha256", String(length=64), nullable=False),
        Column("image_name", String(length=64)),
        Column("image_bytes", Integer(), nullable=False),
        Column("filename", String(length=255), nullable=False),
        Column("photo_view", String(length=20)),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_samples_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_samples")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_samples_encounter_id"), "samples", ["encounter_id"])
    op.create_index(op.f("ix_samples_image_name"), "samples", ["image_name"])
    op.create_index(op.f("ix_samples_image_sha256"), "samples", ["image_sha256"])
    op.create_index(op.f("ix_samples_modality_finger_position"), "samples", ["modality", "finger_position"])
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


def _create_history() -> None:
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
    op.create_table(
        "encounter_versions",
        Column("encounter_id", String(length=36), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("content", JSON(), nullable=False),
        Column("client_content", LargeBinary()),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        Column("changed_by", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_encounter_versions_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("encounter_id", "number", name=op.f("pk_encounter_versions")),
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
        Column("withdrawn_at", DateTime(timezone=True)),
        Column("withdrawn_by", String(length=100)),
        Column("withdrawn_because", String(length=300)),
        Column("replaced_by", String(length=36)),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_outcomes_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_encounter_id"), "outcomes", ["encounter_id"])
    op.create_table(
        "replaced_samples",
        Column("sample_id", ROW_NUMBER, nullable=False),
        Column("number", Integer(), nullable=False),
        ForeignKeyConstraint(
            ["sample_id"], ["samples.id"], name=op.f("fk_replaced_samples_sample_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("sample_id", name=op.f("pk_replaced_samples")),
    )


def _create_merges() -> None:
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
        ForeignKeyConstraint(["merged_id"], ["records.id"], name=op.f("fk_merges_merged_id"), ondelete="CASCADE"),
        ForeignKeyConstraint(["survivor_id"], ["records.id"], name=op.f("fk_merges_survivor_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_merged_id"), "merges", ["merged_id"])
    op.create_index(op.f("ix_merges_survivor_id"), "merges", ["survivor_id"])
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
        ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_moves_merge_id"), ondelete="CASCADE"),
        ForeignKeyConstraint(["to_id"], ["records.id"], name=op.f("fk_moves_to_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(op.f("ix_moves_encounter_id"), "moves", ["encounter_id"])
    op.create_index(op.f("ix_moves_from_id"), "moves", ["from_id"])
    op.create_index(op.f("ix_moves_merge_id"), "moves", ["merge_id"])
    op.create_index(op.f("ix_moves_to_id"), "moves", ["to_id"])


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
        Column("threshold", Double()),
        Column("actor_id", String(length=100)),
        Column("unit", String(length=44)),
        Column("purpose", String(length=40)),
        Column("reason", String(length=300)),
        Column("state_unit", String(length=44)),
        Column("district_unit", String(length=44)),
        PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index(op.f("ix_searches_actor_id_created_at_id"), "searches", ["actor_id", "created_at", "id"])
    op.create_index(op.f("ix_searches_case_number_created_at_id"), "searches", ["case_number", "created_at", "id"])
    op.create_index(op.f("ix_searches_created_at"), "searches", ["created_at"])
    op.create_index(op.f("ix_searches_district_unit_created_at_id"), "searches", ["district_unit", "created_at", "id"])
    op.create_index(op.f("ix_searches_state_unit_created_at_id"), "searches", ["state_unit", "created_at", "id"])
    op.create_index(op.f("ix_searches_unit_created_at_id"), "searches", ["unit", "created_at", "id"])
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
    op.create_table(
        "search_images",
        Column("id", String(length=36), nullable=False),
        Column("search_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("media_type", String(length=100), nullable=False),
        Column("data", LargeBinary(), nullable=False),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_images_search_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_search_images")),
        UniqueConstraint("search_id", "ordinal", name=op.f("uq_search_images_search_id_ordinal")),
    )
    op.create_table(
        "search_probes",
        Column("search_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        Column("data", LargeBinary(), nullable=False),
        Column("quality", SmallInteger()),
        Column("finger_position", SmallInteger()),
        Column("label", String(length=300), nullable=False),
        Column("image_sha256", String(length=64), nullable=False),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_probes_search_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("search_id", "ordinal", name=op.f("pk_search_probes")),
    )


def _create_cases() -> None:
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
        Column("due", String(length=20)),
        Column("withdrawn_by", String(length=100)),
        Column("withdrawn_because", Text()),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        UniqueConstraint("asked", name=op.f("uq_cases_asked")),
    )
    op.create_index(op.f("ix_cases_candidate_id"), "cases", ["candidate_id"])
    op.create_index(op.f("ix_cases_created_at_id"), "cases", ["created_at", "id"])
    op.create_index(op.f("ix_cases_due"), "cases", ["due"])
    op.create_index(op.f("ix_cases_record_id"), "cases", ["record_id"])
    op.create_index(op.f("ix_cases_search_id"), "cases", ["search_id"])
    op.create_index(op.f("ix_cases_standing_id"), "cases", ["standing_id"])
    op.create_index(op.f("ix_cases_state_created_at_id"), "cases", ["state", "created_at", "id"])
    op.create_table(
        "case_analyses",
        Column("case_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("of_value", Boolean(), nullable=False),
        Column("notes", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_analyses_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_analyses")),
    )
    op.create_table(
        "case_looks",
        Column("case_id", String(length=36), nullable=False),
        Column("ordinal", Integer(), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("side", String(length=20), nullable=False),
        Column("image", String(length=40), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_looks_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_looks")),
    )
    op.create_table(
        "case_opinions",
        Column("case_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("part", String(length=20), nullable=False),
        Column("conclusion", String(length=20), nullable=False),
        Column("notes", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("looked_at", JSON(), nullable=False),
        Column("because", Text(), nullable=False),
        Column("unit", String(length=44)),
        Column("probe", String(length=40)),
        Column("candidate", String(length=40)),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_opinions_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_opinions")),
    )
    op.create_table(
        "case_parts",
        Column("case_id", String(length=36), nullable=False),
        Column("part", String(length=20), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("informed", Boolean()),
        ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_parts_case_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("case_id", "part", name=op.f("pk_case_parts")),
        UniqueConstraint("case_id", "actor", name=op.f("uq_case_parts_case_id_actor")),
    )
    op.create_index(op.f("ix_case_parts_actor"), "case_parts", ["actor"])


def _create_watchlist() -> None:
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
    op.create_table(
        "standing_changes",
        Column("sequence", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("operation", String(length=20), nullable=False),
        Column("probe_id", ROW_NUMBER, nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        PrimaryKeyConstraint("sequence", name=op.f("pk_standing_changes")),
    )
    op.create_index(
        op.f("ix_standing_changes_modality_model_sequence"), "standing_changes", ["modality", "model", "sequence"]
    )
    op.create_table(
        "enrolment_checks",
        Column("encounter_id", String(length=36), nullable=False),
        Column("owner", String(length=100), nullable=False),
        Column("requested_at", DateTime(timezone=True), nullable=False),
        Column("tries", SmallInteger(), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_enrolment_checks_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("encounter_id", name=op.f("pk_enrolment_checks")),
    )
    op.create_index(op.f("ix_enrolment_checks_tries_requested_at"), "enrolment_checks", ["tries", "requested_at"])
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
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_standing_searches_encounter_id"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_standing_searches_search_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_standing_searches")),
        UniqueConstraint("encounter_id", name=op.f("uq_standing_searches_encounter_id")),
        UniqueConstraint("number", name=op.f("uq_standing_searches_number")),
        UniqueConstraint("search_id", name=op.f("uq_standing_searches_search_id")),
    )
    op.create_table(
        "standing_probes",
        Column("id", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("standing_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("modality", String(length=20), nullable=False),
        Column("model", String(length=64), nullable=False),
        ForeignKeyConstraint(
            ["standing_id"], ["standing_searches.id"], name=op.f("fk_standing_probes_standing_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_standing_probes")),
        UniqueConstraint("standing_id", "ordinal", name=op.f("uq_standing_probes_standing_id_ordinal")),
    )
    op.create_index(op.f("ix_standing_probes_standing_id"), "standing_probes", ["standing_id"])


def _create_accounts() -> None:
    op.create_table(
        "sign_in_failures",
        Column("login_sha256", String(length=64), nullable=False),
        Column("device_sha256", String(length=64), nullable=False),
        Column("failures", Integer(), nullable=False),
        Column("failed_at", DateTime(timezone=True), nullable=False),
        Column("locked_until", DateTime(timezone=True)),
        PrimaryKeyConstraint("login_sha256", "device_sha256", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_failed_at"), "sign_in_failures", ["failed_at"])
    op.create_table(
        "units",
        Column("path", String(length=44), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("level", String(length=20), nullable=False),
        Column("telephone", String(length=40), nullable=False),
        PrimaryKeyConstraint("path", name=op.f("pk_units")),
    )
    op.create_table(
        "users",
        Column("id", String(length=36), nullable=False),
        Column("login", String(length=40), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("roles", String(length=200), nullable=False),
        Column("state_code", String(length=2), nullable=False),
        Column("district_code", String(length=20), nullable=False),
        Column("station_code", String(length=20), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("disabled_at", DateTime(timezone=True)),
        Column("password_hash", String(length=200)),
        Column("setup_sha256", String(length=64)),
        Column("setup_until", DateTime(timezone=True)),
        Column("totp_sealed", LargeBinary()),
        Column("totp_since", DateTime(timezone=True)),
        Column("totp_step", BigInteger()),
        Column("password_reset_by", String(length=100)),
        Column("totp_reset_by", String(length=100)),
        PrimaryKeyConstraint("id", name=op.f("pk_users")),
        UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "api_keys",
        Column("id", String(length=36), nullable=False),
        Column("owner_id", String(length=36), nullable=False),
        Column("label", String(length=100), nullable=False),
        Column("prefix", String(length=24), nullable=False),
        Column("sha256", String(length=64), nullable=False),
        Column("scopes", String(length=1000), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("used_at", DateTime(timezone=True)),
        Column("revoked_at", DateTime(timezone=True)),
        ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_api_keys_owner_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        UniqueConstraint("sha256", name=op.f("uq_api_keys_sha256")),
    )
    op.create_index(op.f("ix_api_keys_owner_id"), "api_keys", ["owner_id"])
    op.create_table(
        "user_devices",
        Column("sha256", String(length=64), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("seen_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_devices_user_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("sha256", name=op.f("pk_user_devices")),
    )
    op.create_index(op.f("ix_user_devices_user_id"), "user_devices", ["user_id"])
    op.create_table(
        "user_identities",
        Column("issuer", String(length=500), nullable=False),
        Column("subject", String(length=255), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("confirmed_at", DateTime(timezone=True)),
        ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_identities_user_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_user_identities")),
    )
    op.create_index(op.f("ix_user_identities_user_id"), "user_identities", ["user_id"])
    op.create_table(
        "user_sessions",
        Column("id", String(length=36), nullable=False),
        Column("user_id", String(length=36), nullable=False),
        Column("method", String(length=20), nullable=False),
        Column("address", String(length=100), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("ended_at", DateTime(timezone=True)),
        Column("ended_because", String(length=20)),
        ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
    )
    op.create_index(op.f("ix_user_sessions_expires_at"), "user_sessions", ["expires_at"])
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])
    op.create_table(
        "refresh_tokens",
        Column("sha256", String(length=64), nullable=False),
        Column("session_id", String(length=36), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("used_at", DateTime(timezone=True)),
        ForeignKeyConstraint(
            ["session_id"], ["user_sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("sha256", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"])


def _create_crypto() -> None:
    op.create_table(
        "data_keys",
        Column("id", String(length=40), nullable=False),
        Column("wrapped", LargeBinary(), nullable=False),
        Column("master_id", String(length=64), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
    )
    op.create_index(op.f("ix_data_keys_master_id"), "data_keys", ["master_id"])
    op.create_table(
        "key_copies",
        Column("place", String(length=1000), nullable=False),
        Column("written_at", DateTime(timezone=True), nullable=False),
        Column("master_id", String(length=64), nullable=False),
        PrimaryKeyConstraint("place", name=op.f("pk_key_copies")),
    )
    op.create_table(
        "stale_key_copies",
        Column("id", ROW_NUMBER, nullable=False),
        Column("place", String(length=1000), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_stale_key_copies")),
    )


def _create_retention() -> None:
    op.create_table(
        "expungements",
        Column("id", String(length=36), nullable=False),
        Column("record_id", String(length=36), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("content", Text(), nullable=False),
        Column("signature", String(length=128)),
        Column("version", Integer(), nullable=False),
        Column("unit", String(length=44)),
        PrimaryKeyConstraint("id", name=op.f("pk_expungements")),
    )
    op.create_index(op.f("ix_expungements_created_at_id"), "expungements", ["created_at", "id"])
    op.create_index(op.f("ix_expungements_record_id"), "expungements", ["record_id"])
    op.create_table(
        "retention_orders",
        Column("id", String(length=36), nullable=False),
        Column("encounter_id", String(length=36), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("authority", String(length=200), nullable=False),
        Column("reference", String(length=100), nullable=False),
        Column("date", Date(), nullable=False),
        Column("until", Date()),
        Column("reason", String(length=300), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_retention_orders_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_retention_orders")),
    )
    op.create_index(op.f("ix_retention_orders_encounter_id"), "retention_orders", ["encounter_id"])


def _create_audit() -> None:
    op.create_table(
        "audit_entries",
        Column("number", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("at", String(length=27), nullable=False),
        Column("actor_id", String(length=100), nullable=False),
        Column("unit", String(length=44), nullable=False),
        Column("address", String(length=100), nullable=False),
        Column("request_id", String(length=100), nullable=False),
        Column("purpose", String(length=40), nullable=False),
        Column("case_number", String(length=40), nullable=False),
        Column("action", String(length=40), nullable=False),
        Column("subject_id", String(length=100), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("previous", String(length=64), nullable=False),
        Column("credential", String(length=60), server_default=text("('')"), nullable=False),
        Column("hash", String(length=64), nullable=False),
        PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_action_number"), "audit_entries", ["action", "number"])
    op.create_index(op.f("ix_audit_entries_actor_id_number"), "audit_entries", ["actor_id", "number"])
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"])
    op.create_index(op.f("ix_audit_entries_credential_number"), "audit_entries", ["credential", "number"])
    op.create_index(op.f("ix_audit_entries_subject_id_number"), "audit_entries", ["subject_id", "number"])
    op.create_table(
        "audit_heads",
        Column("number", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("hash", String(length=64), nullable=False),
        Column("at", String(length=27), nullable=False),
        Column("public_key", String(length=64), nullable=False),
        Column("signature", String(length=128), nullable=False),
        PrimaryKeyConstraint("number", name=op.f("pk_audit_heads")),
    )


def _create_jobs() -> None:
    op.create_table(
        "once_keys",
        Column("id", String(length=36), nullable=False),
        Column("actor", String(length=100), nullable=False),
        Column("key", String(length=255), nullable=False),
        Column("step", String(length=20), nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("answer", JSON(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_once_keys")),
        UniqueConstraint("actor", "key", "step", name=op.f("uq_once_keys_actor_key_step")),
    )
    op.create_index(op.f("ix_once_keys_created_at"), "once_keys", ["created_at"])
    op.create_table(
        "tasks",
        Column("id", String(length=36), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("operation", String(length=100), nullable=False),
        Column("owner", String(length=100), nullable=False),
        Column("act", JSON(), nullable=False),
        Column("priority", SmallInteger(), nullable=False),
        Column("transaction_id", Text(), nullable=False),
        Column("callback", Text(), nullable=False),
        Column("host", String(length=300), server_default=text("('')"), nullable=False),
        Column("webhook_id", String(length=36)),
        Column("call", LargeBinary()),
        Column("result", LargeBinary()),
        Column("failed", Boolean(), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("stage", String(length=20)),
        Column("fence", Integer(), server_default="0", nullable=False),
        Column("runs", Integer(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("due_at", DateTime(timezone=True)),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_changed_at"), "tasks", ["changed_at"])
    op.create_index(op.f("ix_tasks_due_at_priority"), "tasks", ["due_at", "priority"])
    op.create_index(op.f("ix_tasks_owner_kind_created_at"), "tasks", ["owner", "kind", "created_at"])
    op.create_index(op.f("ix_tasks_webhook_id_created_at"), "tasks", ["webhook_id", "created_at"])
    op.create_table(
        "webhooks",
        Column("id", String(length=36), nullable=False),
        Column("owner", String(length=36), nullable=False),
        Column("url", Text(), nullable=False),
        Column("events", JSON(), nullable=False),
        Column("secret", LargeBinary(), nullable=False),
        Column("told", BigInteger(), nullable=False),
        Column("credential", String(length=60), server_default=text("('')"), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_owner"), "webhooks", ["owner"])


def _create_osia() -> None:
    op.create_table(
        "osia_persons",
        Column("record_id", String(length=36), nullable=False),
        Column("person_id", String(length=100), nullable=False),
        ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_osia_persons_record_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("record_id", name=op.f("pk_osia_persons")),
        UniqueConstraint("person_id", name=op.f("uq_osia_persons_person_id")),
    )
    op.create_table(
        "inactive_encounters",
        Column("encounter_id", String(length=36), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_inactive_encounters_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("encounter_id", name=op.f("pk_inactive_encounters")),
    )
    op.create_table(
        "osia_encounters",
        Column("encounter_id", String(length=36), nullable=False),
        Column("client_id", String(length=100), nullable=False),
        Column("encounter_type", String(length=100), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        Column("content", LargeBinary()),
        Column("task_id", String(length=36)),
        ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_osia_encounters_encounter_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("encounter_id", name=op.f("pk_osia_encounters")),
    )
    op.create_index(op.f("ix_osia_encounters_client_id"), "osia_encounters", ["client_id"])
    op.create_table(
        "encounter_galleries",
        Column("encounter_id", String(length=36), nullable=False),
        Column("gallery", String(length=100), nullable=False),
        ForeignKeyConstraint(
            ["encounter_id"],
            ["osia_encounters.encounter_id"],
            name=op.f("fk_encounter_galleries_encounter_id"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("encounter_id", "gallery", name=op.f("pk_encounter_galleries")),
    )
    op.create_index(op.f("ix_encounter_galleries_gallery"), "encounter_galleries", ["gallery"])


def _refuse_changes(table: str) -> None:
    message = f"{table} is only ever added to"
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        op.execute(NO_REPLACE.replace("{table}", table).replace("{message}", message))
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
