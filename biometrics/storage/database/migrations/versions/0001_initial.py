"""Create the tables of version 1.0. Constraints and indexes are named by the naming convention of all tables."""

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
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    Time,
    UniqueConstraint,
    column,
    table,
    text,
)

revision = "0001"
down_revision = None

INSTANT = DateTime(timezone=True)
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
    _create_accounts()
    _create_audit()
    _create_cases()
    _create_idempotency()
    _create_jobs()
    _create_keys()
    _create_lineups()
    _create_people()
    _create_history()
    _create_osia()
    _create_searches()
    _create_clearances()
    _create_retention()
    _create_station()
    _create_subscriptions()
    _create_templates()
    _create_units()
    _create_watchlist()
    op.bulk_insert(
        table("identity", column("id"), column("database_id")),
        [{"id": str(uuid.uuid4()), "database_id": str(uuid.uuid4())}],
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in TRIGGERS_OF_SQLITE if is_sqlite else TRIGGERS_OF_POSTGRESQL:
        op.execute(statement)
    for name in ("audit_entries", "audit_heads"):
        _refuse_changes(name)


def _create_accounts() -> None:
    op.create_table(
        "sign_in_failures",
        Column("login_sha256", String(64), primary_key=True),
        Column("device_sha256", String(64), primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("failed_at", INSTANT, nullable=False),
        Column("locked_until", INSTANT),
        Index(None, "failed_at"),
    )
    op.create_table(
        "users",
        Column("id", String(36), primary_key=True),
        Column("login", String(40), nullable=False, unique=True),
        Column("name", String(200), nullable=False),
        Column("roles", String(200), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("version", Integer, nullable=False),
        Column("disabled_at", INSTANT),
        Column("password_hash", String(200)),
        Column("setup_sha256", String(64)),
        Column("setup_until", INSTANT),
        Column("totp_sealed", LargeBinary),
        Column("totp_since", INSTANT),
        Column("totp_step", BigInteger),
        Column("qualification", String(500), nullable=False),
        Column("paper_sha256", String(64)),
    )
    op.create_table(
        "account_makers",
        Column("id", String(36), primary_key=True),
        Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("maker_id", String(100), nullable=False),
        Column("made_at", INSTANT, nullable=False, index=True),
    )
    op.create_table(
        "account_requests",
        Column("id", String(36), primary_key=True),
        Column("kind", String(20), nullable=False),
        Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), index=True),
        Column("content", Text, nullable=False),
        Column("requested_by", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("requested_at", INSTANT, nullable=False, index=True),
        Column("first_prefix", String(24)),
        Column("first_sha256", String(64)),
    )
    op.create_table(
        "api_keys",
        Column("id", String(36), primary_key=True),
        Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("label", String(100), nullable=False),
        Column("prefix", String(24), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("scopes", String(1000), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        Column("used_at", INSTANT),
        Column("revoked_at", INSTANT),
        UniqueConstraint("sha256"),
    )
    op.create_table(
        "saved_filters",
        Column("id", String(36), primary_key=True),
        Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        Column("name", String(100), nullable=False),
        Column("conditions", JSON, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        UniqueConstraint("owner_id", "name"),
    )
    op.create_table(
        "user_devices",
        Column("sha256", String(64), primary_key=True),
        Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("seen_at", INSTANT, nullable=False),
    )
    op.create_table(
        "user_identities",
        Column("issuer", String(500), primary_key=True),
        Column("subject", String(255), primary_key=True),
        Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("created_at", INSTANT, nullable=False),
        Column("confirmed_at", INSTANT),
    )
    op.create_table(
        "user_sessions",
        Column("id", String(36), primary_key=True),
        Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("method", String(20), nullable=False),
        Column("address", String(100), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False, index=True),
        Column("ended_at", INSTANT),
        Column("ended_because", String(20)),
    )
    op.create_table(
        "refresh_tokens",
        Column("sha256", String(64), primary_key=True),
        Column(
            "session_id", String(36), ForeignKey("user_sessions.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        Column("expires_at", INSTANT, nullable=False),
        Column("used_at", INSTANT),
    )


def _create_audit() -> None:
    op.create_table(
        "audit_entries",
        Column("number", ROW_NUMBER, primary_key=True, autoincrement=False),
        Column("at", String(27), nullable=False),
        Column("actor_id", String(100), nullable=False),
        Column("unit", String(44), nullable=False),
        Column("address", String(100), nullable=False),
        Column("request_id", String(100), nullable=False),
        Column("purpose", String(40), nullable=False),
        Column("case_number", String(40), nullable=False),
        Column("action", String(40), nullable=False),
        Column("subject_id", String(100), nullable=False),
        Column("detail", Text, nullable=False),
        Column("previous", String(64), nullable=False),
        Column("credential", String(60), nullable=False),
        Column("hash", String(64), nullable=False),
        Index(None, "action", "number"),
        Index(None, "actor_id", "number"),
        Index(None, "at"),
        Index(None, "credential", "number"),
        Index(None, "subject_id", "number"),
    )
    op.create_table(
        "audit_heads",
        Column("number", ROW_NUMBER, primary_key=True, autoincrement=False),
        Column("hash", String(64), nullable=False),
        Column("at", String(27), nullable=False),
        Column("public_key", String(64), nullable=False),
        Column("signature", String(128), nullable=False),
    )
    op.create_table(
        "score_views",
        Column("number", ROW_NUMBER, ForeignKey("audit_entries.number"), primary_key=True),
        Column("kind", String(20), primary_key=True),
        Column("about", String(64), primary_key=True),
        Column("actor_id", String(100), nullable=False),
        Index(None, "actor_id", "kind", "about"),
    )


def _create_cases() -> None:
    op.create_table(
        "cases",
        Column("id", String(36), primary_key=True),
        Column("number", String(40), nullable=False, unique=True, index=True),
        Column("asked", String(120), unique=True),
        Column("kind", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        Column("outcome", String(20)),
        Column("created_at", INSTANT, nullable=False),
        Column("ended_at", INSTANT),
        Column("candidate_id", String(36), nullable=False, index=True),
        Column("candidate_search_id", String(36), index=True),
        Column("record_id", String(36), index=True),
        Column("encounter_id", String(36)),
        Column("search_id", String(36), index=True),
        Column("standing_id", String(36), index=True),
        Column("owner", String(100), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("score", Double, nullable=False),
        Column("rank", Integer, nullable=False),
        Column("hint", String(20), nullable=False),
        Column("detail", JSON, nullable=False),
        Column("verified", String(100), nullable=False),
        Column("due", String(20), index=True),
        Column("withdrawn_by", String(100)),
        Column("withdrawn_because", Text),
        Column("version", Integer, nullable=False),
        Column("is_urgent", Boolean, nullable=False),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
    )
    op.create_table(
        "case_allocations",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("examiner", String(100), nullable=False),
        Column("assigned_by", String(100), nullable=False, index=True),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "case_analyses",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("actor", String(100), nullable=False),
        Column("of_value", Boolean, nullable=False),
        Column("notes", Text, nullable=False),
        Column("at", INSTANT, nullable=False),
        Column("marks", JSON),
        Column("pattern", String(2)),
        Column("drawings", JSON),
    )
    op.create_table(
        "case_comments",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("actor", String(100), nullable=False),
        Column("text", Text, nullable=False),
        Column("at", INSTANT, nullable=False),
        Column("is_blind", Boolean, nullable=False),
    )
    op.create_table(
        "case_looks",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", Integer, primary_key=True),
        Column("actor", String(100), nullable=False),
        Column("side", String(20), nullable=False),
        Column("image", String(40), nullable=False),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "case_opinions",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("actor", String(100), nullable=False),
        Column("part", String(20), nullable=False),
        Column("conclusion", String(20), nullable=False),
        Column("notes", Text, nullable=False),
        Column("at", INSTANT, nullable=False),
        Column("looked_at", JSON, nullable=False),
        Column("because", Text, nullable=False),
        Column("unit", String(44), nullable=False),
        Column("probe", String(40), nullable=False),
        Column("candidate", String(40), nullable=False),
        Column("marks", JSON),
        Column("against_ratio", Boolean, nullable=False),
        Column("grounds", Text, nullable=False),
        Column("unmarked_because", Text, nullable=False),
        Column("basis", JSON),
        Column("adjustments", JSON, nullable=False),
        Column("drawings", JSON),
    )
    op.create_table(
        "case_parts",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("part", String(20), primary_key=True),
        Column("actor", String(100), nullable=False, index=True),
        Column("at", INSTANT, nullable=False),
        Column("informed", Boolean, nullable=False),
        UniqueConstraint("case_id", "actor"),
    )
    op.create_table(
        "case_working_marks",
        Column("case_id", String(36), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        Column("actor", String(100), primary_key=True),
        Column("version", Integer, nullable=False),
        Column("marks", JSON, nullable=False),
        Column("adjustments", JSON, nullable=False),
        Column("drawings", JSON, nullable=False),
        Column("at", INSTANT, nullable=False),
    )


def _create_idempotency() -> None:
    op.create_table(
        "once_keys",
        Column("id", String(36), primary_key=True),
        Column("actor", String(100), nullable=False),
        Column("key", String(255), nullable=False),
        Column("step", String(20), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("answer", JSON, nullable=False),
        Column("created_at", INSTANT, nullable=False, index=True),
        UniqueConstraint("actor", "key", "step"),
    )


def _create_jobs() -> None:
    op.create_table(
        "tasks",
        Column("id", String(36), primary_key=True),
        Column("kind", String(20), nullable=False),
        Column("operation", String(100), nullable=False),
        Column("owner", String(100), nullable=False),
        Column("act", JSON, nullable=False),
        Column("priority", SmallInteger, nullable=False),
        Column("transaction_id", Text, nullable=False),
        Column("callback", Text, nullable=False),
        Column("host", String(300), nullable=False),
        Column("webhook_id", String(36)),
        Column("call", LargeBinary),
        Column("result", LargeBinary),
        Column("failed", Boolean, nullable=False),
        Column("state", String(20), nullable=False),
        Column("stage", String(20)),
        Column("fence", Integer, nullable=False),
        Column("runs", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("due_at", INSTANT),
        Column("created_at", INSTANT, nullable=False),
        Column("changed_at", INSTANT, nullable=False),
        Index(None, "changed_at"),
        Index(None, "due_at", "priority"),
        Index(None, "owner", "kind", "created_at"),
        Index(None, "webhook_id", "created_at"),
    )
    op.create_table(
        "webhooks",
        Column("id", String(36), primary_key=True),
        Column("owner", String(36), nullable=False, index=True),
        Column("url", Text, nullable=False),
        Column("events", JSON, nullable=False),
        Column("secret", LargeBinary, nullable=False),
        Column("last_notification", BigInteger, nullable=False),
        Column("credential", String(60), nullable=False),
        Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "task_files",
        Column("task_id", String(36), ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("image_name", String(64), nullable=False, index=True),
    )


def _create_keys() -> None:
    op.create_table(
        "data_keys",
        Column("id", String(40), primary_key=True),
        Column("wrapped", LargeBinary, nullable=False),
        Column("master_id", String(64), nullable=False, index=True),
        Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "key_copies",
        Column("place", String(1000), primary_key=True),
        Column("written_at", INSTANT, nullable=False),
        Column("master_id", String(64), nullable=False),
    )
    op.create_table(
        "stale_key_copies",
        Column("id", ROW_NUMBER, primary_key=True),
        Column("place", String(1000), nullable=False),
    )


def _create_lineups() -> None:
    op.create_table(
        "lineups",
        Column("id", ROW_NUMBER, primary_key=True),
        Column("owner", String(100), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("fir_number", String(40), nullable=False),
        Column("description", Text, nullable=False),
        Column("sought", JSON, nullable=False),
        Column("presentation", String(20), nullable=False),
        Column("greyscale", Boolean, nullable=False),
        Column("state", String(20), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("ready_at", INSTANT),
        Column("commitment", String(64)),
        Column("closed_at", INSTANT),
        Column("closed_because", Text),
        Column("seal", String(64)),
        Column("version", Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lineup_answers",
        Column("lineup_id", ROW_NUMBER, ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True),
        Column("viewing", SmallInteger, primary_key=True),
        Column("number", SmallInteger, primary_key=True),
        Column("position", SmallInteger),
        Column("choice", String(20), nullable=False),
        Column("words", Text, nullable=False),
        Column("confidence", Text, nullable=False),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "lineup_members",
        Column("lineup_id", ROW_NUMBER, ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("record_id", String(36), nullable=False, index=True),
        Column("sample_id", ROW_NUMBER, nullable=False),
        Column("is_suspect", Boolean, nullable=False),
        Column("box", JSON, nullable=False),
        Column("photo_sha256", String(64), nullable=False),
        Column("look", JSON, nullable=False),
        Column("band", String(20)),
    )
    op.create_table(
        "lineup_viewings",
        Column("lineup_id", ROW_NUMBER, ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True),
        Column("number", SmallInteger, primary_key=True),
        Column("witness", String(100), nullable=False),
        Column("witness_key", String(100), nullable=False),
        Column("operator", String(100), nullable=False),
        Column("present", Text, nullable=False),
        Column("language", String(20), nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("seed", String(64), nullable=False),
        Column("photo_order", JSON, nullable=False),
        Column("commitment", String(64), nullable=False),
        Column("ended_at", INSTANT),
        Column("remarks", Text, nullable=False),
        Column("seal", String(64)),
        UniqueConstraint("lineup_id", "witness_key"),
    )


def _create_people() -> None:
    op.create_table(
        "records",
        Column("id", String(36), primary_key=True),
        Column("national_number", String(10), nullable=False, unique=True),
        Column("name", String(200), nullable=False),
        Column("sex", String(20), nullable=False),
        Column("birth_year", SmallInteger),
        Column("particulars", JSON),
        Column("created_at", INSTANT, nullable=False),
        Column("version", Integer, nullable=False),
        Column("merged_into", String(36)),
        Column("bare_state", String(2)),
        Index(
            "ix_records_bare_state_created_at_id",
            "bare_state",
            "created_at",
            "id",
            sqlite_where=text("bare_state IS NOT NULL"),
            postgresql_where=text("bare_state IS NOT NULL"),
        ),
        Index(None, "birth_year", "created_at", "id"),
        Index(None, "created_at", "id"),
        Index(
            "ix_records_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )
    op.create_table(
        "aliases",
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("name", String(200), nullable=False),
    )
    op.create_table(
        "described_mark_terms",
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("term", String(80), primary_key=True),
        Index(None, "term", "record_id"),
    )
    op.create_table(
        "encounters",
        Column("id", String(36), primary_key=True),
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
        Column("fir_number", String(40), nullable=False, index=True),
        Column("station_code", String(20), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("date", Date, nullable=False),
        Column("officer", String(200), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("fir_year", SmallInteger),
        Column("time", Time),
        Column("place", String(200)),
        Column("device", String(100)),
        Column("legal_basis", String(20)),
        Column("record_created_at", INSTANT),
        Column("enrolled_by", String(100)),
        Index(None, "date", "record_id"),
        Index(None, "district_code", "date"),
        Index("ix_encounters_district_records", "district_code", "state_code", "record_created_at", "record_id"),
        Index(None, "enrolled_by", "record_id"),
        Index(None, "fir_year", "record_id"),
        Index(None, "record_id", "state_code", "district_code", "station_code"),
        Index(None, "state_code", "date"),
        Index("ix_encounters_state_records", "state_code", "record_created_at", "record_id"),
        Index(None, "station_code", "date"),
        Index(
            "ix_encounters_station_records",
            "station_code",
            "district_code",
            "state_code",
            "record_created_at",
            "record_id",
        ),
    )
    op.create_table(
        "name_words",
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("word", String(60), primary_key=True),
        Column("key", String(60), nullable=False),
        Index(None, "key", "record_id"),
        Index(None, "word", "record_id"),
    )
    op.create_table(
        "missing_fingers",
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
        Column("finger_position", SmallInteger, primary_key=True),
        Column("reason", String(20), nullable=False),
    )
    op.create_table(
        "samples",
        Column("id", ROW_NUMBER, primary_key=True),
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("modality", String(20), nullable=False),
        Column("finger_position", SmallInteger),
        Column("impression", SmallInteger),
        Column("media_type", String(100), nullable=False),
        Column("width", Integer, nullable=False),
        Column("height", Integer, nullable=False),
        Column("ppi", Double),
        Column("quality", SmallInteger),
        Column("quality_faults", String(200)),
        Column("quality_parts", JSON),
        Column("accepted_because", String(300)),
        Column("image_sha256", String(64), nullable=False, index=True),
        Column("image_name", String(64), index=True),
        Column("image_bytes", Integer, nullable=False),
        Column("filename", String(255), nullable=False),
        Column("photo_view", String(20)),
        Column("box", JSON),
        Column("mark", JSON),
        Column("enrolled_by", String(100)),
        Index(None, "modality", "finger_position"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sections",
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("act", String(100), nullable=False),
        Column("section", String(40), nullable=False),
        Index(None, "section", "act"),
    )
    op.create_table(
        "mark_terms",
        Column("sample_id", ROW_NUMBER, ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
        Column("term", String(80), primary_key=True),
        Index(None, "term", "sample_id"),
    )


def _create_history() -> None:
    op.create_table(
        "merges",
        Column("id", String(36), primary_key=True),
        Column("survivor_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("merged_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("reason", String(300), nullable=False),
        Column("aliases", JSON, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", String(100), nullable=False),
        Column("undone_at", INSTANT),
        Column("undone_by", String(100)),
        Column("undone_because", String(300)),
    )
    op.create_table(
        "person_versions",
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("content", JSON, nullable=False),
        Column("changed_at", INSTANT, nullable=False),
        Column("changed_by", String(100), nullable=False),
    )
    op.create_table(
        "encounter_links",
        Column("id", String(36), primary_key=True),
        Column("from_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("to_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("kind", String(20), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", String(100), nullable=False),
    )
    op.create_table(
        "encounter_versions",
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("content", JSON, nullable=False),
        Column("client_content", LargeBinary),
        Column("changed_at", INSTANT, nullable=False),
        Column("changed_by", String(100), nullable=False),
    )
    op.create_table(
        "moves",
        Column("id", String(36), primary_key=True),
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("from_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("to_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("merge_id", String(36), ForeignKey("merges.id", ondelete="CASCADE"), index=True),
        Column("undoes_id", String(36)),
        Column("emptied", Boolean, nullable=False),
        Column("reason", String(300), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", String(100), nullable=False),
        Index("ix_moves_emptied", "from_id", sqlite_where=text("emptied = 1"), postgresql_where=text("emptied")),
    )
    op.create_table(
        "outcomes",
        Column("id", String(36), primary_key=True),
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("event", String(20), nullable=False),
        Column("date", Date, nullable=False),
        Column("court", String(200), nullable=False),
        Column("verdict", String(22)),
        Column("case_number", String(40), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", String(100), nullable=False),
        Column("withdrawn_at", INSTANT),
        Column("withdrawn_by", String(100)),
        Column("withdrawn_because", String(300)),
        Column("replaced_by", String(36)),
    )
    op.create_table(
        "replaced_samples",
        Column("sample_id", ROW_NUMBER, ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
        Column("number", Integer, nullable=False),
    )


def _create_osia() -> None:
    op.create_table(
        "osia_persons",
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("person_id", String(100), nullable=False, unique=True),
    )
    op.create_table(
        "inactive_encounters",
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_table(
        "osia_encounters",
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
        Column("client_id", String(100), nullable=False, index=True),
        Column("encounter_type", String(100), nullable=False),
        Column("updated_at", INSTANT, nullable=False),
        Column("content", LargeBinary),
        Column("task_id", String(36)),
    )
    op.create_table(
        "encounter_galleries",
        Column(
            "encounter_id", String(36), ForeignKey("osia_encounters.encounter_id", ondelete="CASCADE"), primary_key=True
        ),
        Column("gallery", String(100), primary_key=True),
        Index(None, "gallery"),
    )


def _create_searches() -> None:
    op.create_table(
        "searches",
        Column("id", String(36), primary_key=True),
        Column("created_at", INSTANT, nullable=False, index=True),
        Column("case_number", String(40), nullable=False),
        Column("officer", String(200), nullable=False),
        Column("settings", JSON, nullable=False),
        Column("gallery_size", Integer, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("threshold", Double),
        Column("actor_id", String(100), nullable=False),
        Column("unit", String(44), nullable=False),
        Column("purpose", String(40), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("state_unit", String(44)),
        Column("district_unit", String(44)),
        Column("authorise_until", INSTANT, index=True),
        Index(None, "actor_id", "created_at", "id"),
        Index(None, "case_number", "created_at", "id"),
        Index(None, "district_unit", "created_at", "id"),
        Index(None, "state_unit", "created_at", "id"),
        Index(None, "unit", "created_at", "id"),
    )
    op.create_table(
        "probe_templates",
        Column("id", String(36), primary_key=True),
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), nullable=False),
        Column("ordinal", SmallInteger, nullable=False),
        Column("model", String(64), nullable=False),
        Column("network", String(64)),
        Column("data", LargeBinary),
        Column("holder", String(100), nullable=False),
        Column("leased_until", INSTANT),
        Column("tries", SmallInteger, nullable=False),
        Column("code", String(100)),
        Column("detail", Text),
        UniqueConstraint("search_id", "ordinal", "model"),
        Index(None, "model", "leased_until"),
    )
    op.create_table(
        "search_candidates",
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True),
        Column("rank", Integer, primary_key=True),
        Column("record_id", String(36), nullable=False, index=True),
        Column("score", Double, nullable=False),
        Column("detail", JSON, nullable=False),
    )
    op.create_table(
        "search_probes",
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True),
        Column("ordinal", SmallInteger, primary_key=True),
        Column("modality", String(20), nullable=False),
        Column("model", String(64), nullable=False),
        Column("data", LargeBinary, nullable=False),
        Column("quality", SmallInteger),
        Column("finger_position", SmallInteger),
        Column("label", String(300), nullable=False),
        Column("image_sha256", String(64), nullable=False),
        Column("reading", JSON, nullable=False),
    )


def _create_clearances() -> None:
    op.create_table(
        "clearances",
        Column("id", String(36), primary_key=True),
        Column("number", String(40), nullable=False, unique=True),
        Column("state", String(20), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), nullable=False, unique=True),
        Column("request", JSON),
        Column("requested_by", String(100), nullable=False),
        Column("requested_at", INSTANT, nullable=False),
        Column("decision", JSON),
        Column("decided_by", String(100)),
        Column("decided_at", INSTANT),
        Column("expires_on", Date),
        Column("statement", Text),
        Column("ended_by", String(100)),
        Column("ended_at", INSTANT),
        Column("ended_because", Text),
        Column("erase_on", Date),
        Column("version", Integer, nullable=False),
        Index(None, "erase_on"),
        Index(None, "state_code", "district_code", "station_code", "requested_at"),
    )


def _create_retention() -> None:
    op.create_table(
        "expungements",
        Column("id", String(36), primary_key=True),
        Column("record_id", String(36), nullable=False, index=True),
        Column("created_at", INSTANT, nullable=False),
        Column("content", Text, nullable=False),
        Column("signature", String(128)),
        Column("version", Integer, nullable=False),
        Column("unit", String(44), nullable=False),
        Column("leftovers", LargeBinary),
        Index(None, "created_at", "id"),
    )
    op.create_table(
        "search_orders",
        Column("id", String(36), primary_key=True),
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("kind", String(20), nullable=False),
        Column("authority", String(200), nullable=False),
        Column("reference", String(100), nullable=False),
        Column("date", Date, nullable=False),
        Column("until", Date),
        Column("reason", String(300), nullable=False),
        Column("hold_id", String(36)),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", String(100), nullable=False),
    )
    op.create_table(
        "retention_orders",
        Column("id", String(36), primary_key=True),
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("kind", String(20), nullable=False),
        Column("authority", String(200), nullable=False),
        Column("reference", String(100), nullable=False),
        Column("date", Date, nullable=False),
        Column("until", Date),
        Column("reason", String(300), nullable=False),
        Column("hold_id", String(36)),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", String(100), nullable=False),
    )


def _create_station() -> None:
    op.create_table(
        "counters",
        Column("name", String(50), primary_key=True),
        Column("value", BigInteger, nullable=False),
    )
    op.create_table(
        "identity",
        Column("id", String(36), primary_key=True),
        Column("database_id", String(36)),
        Column("master_id", String(64)),
    )
    op.create_table(
        "image_sweeps",
        Column("part", String(1), primary_key=True),
        Column("begun_at", INSTANT, nullable=False),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        Column("id", ROW_NUMBER, primary_key=True),
        Column("record_id", String(36), ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("owner", String(100), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("legal_basis", Text, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_on", Date, nullable=False),
        Column("ended_at", INSTANT),
        Column("ended_by", String(100)),
        Column("ended_because", Text),
        Column("version", Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscription_events",
        Column("id", String(36), primary_key=True),
        Column("subscription_id", ROW_NUMBER, ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("about", String(36), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("at", INSTANT, nullable=False),
        Index(None, "subscription_id", "kind", "about", unique=True),
    )


def _create_templates() -> None:
    op.create_table(
        "changes",
        Column("sequence", ROW_NUMBER, primary_key=True, autoincrement=False),
        Column("operation", String(20), nullable=False),
        Column("template_id", ROW_NUMBER, nullable=False),
        Column("modality", String(20), nullable=False),
        Column("model", String(64), nullable=False),
        Index(None, "modality", "model", "sequence"),
    )
    op.create_table(
        "models_in_use",
        Column("id", String(36), primary_key=True),
        Column("modality", String(20), nullable=False),
        Column("model", String(64), nullable=False),
        Column("name", String(100), nullable=False),
        Column("in_force", Boolean, nullable=False),
        Column("replaced_at", INSTANT),
        Column("wanted", Boolean, nullable=False),
        Column("complete_to", ROW_NUMBER, nullable=False),
        Column("started_at", INSTANT),
        Column("to_do", Integer, nullable=False),
        Column("done", Integer, nullable=False),
        Column("changed_at", INSTANT, nullable=False),
        UniqueConstraint("modality", "model"),
    )
    op.create_table(
        "running_servers",
        Column("id", String(36), primary_key=True),
        Column("name", String(100), nullable=False),
        Column("models", JSON, nullable=False),
        Column("leased_until", INSTANT, nullable=False),
    )
    op.create_table(
        "reextractions",
        Column(
            "sample_id", ROW_NUMBER, ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        Column("model", String(64), primary_key=True),
        Column("holder", String(100), nullable=False),
        Column("leased_until", INSTANT),
        Column("tries", SmallInteger, nullable=False),
        Column("code", String(100)),
        Column("detail", Text),
        Index(None, "model", "leased_until"),
    )
    op.create_table(
        "templates",
        Column("id", ROW_NUMBER, primary_key=True),
        Column("sample_id", ROW_NUMBER, ForeignKey("samples.id", ondelete="CASCADE"), nullable=False),
        Column("model", String(64), nullable=False),
        Column("data", LargeBinary, nullable=False),
        UniqueConstraint("sample_id", "model"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unreadable_templates",
        Column(
            "template_id",
            ROW_NUMBER,
            ForeignKey("templates.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("found_at", INSTANT, nullable=False),
    )


def _create_units() -> None:
    op.create_table(
        "units",
        Column("path", String(44), primary_key=True),
        Column("name", String(200), nullable=False),
        Column("level", String(20), nullable=False),
        Column("telephone", String(40), nullable=False),
        Column("court_details", JSON, nullable=False),
    )


def _create_watchlist() -> None:
    op.create_table(
        "notifications",
        Column("number", ROW_NUMBER, primary_key=True, autoincrement=False),
        Column("recipient", String(100), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("about", String(36), nullable=False),
        Column("standing_id", String(36)),
        Column("record_id", String(36)),
        Column("created_at", INSTANT, nullable=False),
        Column("read_at", INSTANT),
        UniqueConstraint("recipient", "kind", "about"),
        Index(None, "recipient", "number"),
    )
    op.create_table(
        "standing_changes",
        Column("sequence", ROW_NUMBER, primary_key=True, autoincrement=False),
        Column("operation", String(20), nullable=False),
        Column("probe_id", ROW_NUMBER, nullable=False),
        Column("modality", String(20), nullable=False),
        Column("model", String(64), nullable=False),
        Index(None, "modality", "model", "sequence"),
    )
    op.create_table(
        "search_images",
        Column("id", String(36), primary_key=True),
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), nullable=False),
        Column("ordinal", SmallInteger, nullable=False),
        Column("media_type", String(100), nullable=False),
        Column("image_sha256", String(64), nullable=False),
        Column("image_name", String(64), nullable=False, index=True),
        Column("keep_until", Date, index=True),
        UniqueConstraint("search_id", "ordinal"),
    )
    op.create_table(
        "enrolment_checks",
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
        Column("owner", String(100), nullable=False),
        Column("requested_at", INSTANT, nullable=False),
        Column("tries", SmallInteger, nullable=False),
        Column("model", String(64)),
        Index(None, "tries", "requested_at"),
    )
    op.create_table(
        "standing_searches",
        Column("id", String(36), primary_key=True),
        Column("number", BigInteger, nullable=False, unique=True),
        Column("kind", String(20), nullable=False),
        Column("search_id", String(36), ForeignKey("searches.id", ondelete="CASCADE"), unique=True),
        Column("encounter_id", String(36), ForeignKey("encounters.id", ondelete="CASCADE"), unique=True),
        Column("owner", String(100), nullable=False),
        Column("state_code", String(2), nullable=False),
        Column("district_code", String(20), nullable=False),
        Column("station_code", String(20), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_on", Date),
        Column("ended_at", INSTANT),
        Column("ended_by", String(100)),
        Column("ended_because", Text),
        Column("version", Integer, nullable=False),
    )
    op.create_table(
        "latent_links",
        Column("id", String(36), primary_key=True),
        Column("first_id", String(36), ForeignKey("standing_searches.id", ondelete="CASCADE"), nullable=False),
        Column(
            "second_id", String(36), ForeignKey("standing_searches.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        Column("score", Double, nullable=False),
        Column("found_at", INSTANT, nullable=False),
        UniqueConstraint("first_id", "second_id"),
    )
    op.create_table(
        "link_checks",
        Column("standing_id", String(36), ForeignKey("standing_searches.id", ondelete="CASCADE"), primary_key=True),
        Column("requested_at", INSTANT, nullable=False),
        Column("tries", SmallInteger, nullable=False),
        Index(None, "tries", "requested_at"),
    )
    op.create_table(
        "standing_probes",
        Column("id", ROW_NUMBER, primary_key=True, autoincrement=False),
        Column(
            "standing_id",
            String(36),
            ForeignKey("standing_searches.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        Column("ordinal", SmallInteger, nullable=False),
        Column("modality", String(20), nullable=False),
        Column("model", String(64), nullable=False),
        UniqueConstraint("standing_id", "ordinal", "model"),
    )


def _refuse_changes(name: str) -> None:
    message = f"{name} is only ever added to"
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_no_{event.lower()} BEFORE {event} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        op.execute(NO_REPLACE.replace("{table}", name).replace("{message}", message))
        return
    op.execute(
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()"
    )
