"""Finding records by how their names sound, and by day, place and section, without reading all of them."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, String, text

from biometrics.records.people.name_search import rows_of

revision = "0018"
down_revision = "0017"

BATCH = 1000  # records


def upgrade() -> None:
    """Replace the folded names by words with keys, and add indexes."""
    words = op.create_table(
        "name_words",
        Column("record_id", String(length=36), nullable=False),
        Column("word", String(length=60), nullable=False),
        Column("key", String(length=60), nullable=False),
        ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_name_words_record_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("record_id", "word", name=op.f("pk_name_words")),
    )
    last = ""
    while names := _names_after(last):
        op.bulk_insert(words, [row for record_id, held in names.items() for row in rows_of(record_id, held)])
        last = max(names)
    op.create_index(op.f("ix_name_words_key_record_id"), "name_words", ["key", "record_id"])
    op.create_index(op.f("ix_name_words_word_record_id"), "name_words", ["word", "record_id"])
    for table in ("records", "aliases"):
        op.drop_column(table, "name_folded")
    op.create_index(op.f("ix_records_birth_year_created_at_id"), "records", ["birth_year", "created_at", "id"])
    for columns in (["district_code", "date"], ["state_code", "date"], ["date"]):
        op.create_index(op.f(f"ix_encounters_{'_'.join(columns)}"), "encounters", columns)
    op.create_index(op.f("ix_sections_section_act"), "sections", ["section", "act"])


def _names_after(last: str) -> dict[str, list[str]]:
    """Return the names and aliases of the next records, by id."""
    connection = op.get_bind()
    query = text("SELECT id, name FROM records WHERE id > :last ORDER BY id LIMIT :limit")
    found = {row.id: [row.name] for row in connection.execute(query, {"last": last, "limit": BATCH})}
    if found:
        span = {"first": min(found), "last": max(found)}
        query = text("SELECT record_id, name FROM aliases WHERE record_id BETWEEN :first AND :last ORDER BY ordinal")
        for row in connection.execute(query, span):
            found[row.record_id].append(row.name)
    return found
