"""How many people are on record, kept by triggers, and which copies of the keys still hold a destroyed one."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String

revision = "0033"
down_revision = "0032"

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

# Where no row counts people there was never any, so that an empty database stays empty.
SQLITE = (
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

# Deferred: the counter is locked by the commit only, after all other locks, so that nobody waits for it in a circle.
POSTGRESQL = (
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


def upgrade() -> None:
    """Make the table and the triggers, and count once."""
    op.create_table(
        "stale_key_copies",
        Column("id", ROW_NUMBER, nullable=False),
        Column("place", String(length=1000), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_stale_key_copies")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.execute(
        "INSERT INTO counters (name, value) SELECT 'people', count(*) FROM records WHERE merged_into IS NULL "
        "HAVING count(*) > 0"
    )
