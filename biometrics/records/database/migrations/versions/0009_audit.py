"""The audit log, whose entries neither database lets anybody change or remove."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Text

revision = "0009"
down_revision = "0008"

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

# SQLite's REPLACE would remove the old row without asking the trigger for DELETE.
NO_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN NEW.number IN (SELECT number FROM {table})
BEGIN SELECT RAISE(ABORT, '{said}'); END
"""


def upgrade() -> None:
    """Create the log and its triggers."""
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
        Column("hash", String(length=64), nullable=False),
        PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
    )
    for columns in (["subject_id", "number"], ["actor_id", "number"], ["action", "number"], ["at"]):
        op.create_index(op.f(f"ix_audit_entries_{'_'.join(columns)}"), "audit_entries", columns)
    op.create_table(
        "audit_heads",
        Column("number", ROW_NUMBER, autoincrement=False, nullable=False),
        Column("hash", String(length=64), nullable=False),
        Column("at", String(length=27), nullable=False),
        Column("public_key", String(length=64), nullable=False),
        Column("signature", String(length=128), nullable=False),
        PrimaryKeyConstraint("number", name=op.f("pk_audit_heads")),
    )
    for table in ("audit_entries", "audit_heads"):
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    said = f"{table} is only ever added to"
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        op.execute(NO_REPLACE.replace("{table}", table).replace("{said}", said))
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
