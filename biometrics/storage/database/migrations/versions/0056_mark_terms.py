"""Records are found by the marks on a person's body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    column,
    select,
    table,
)

from biometrics.names.mark_terms import terms_of

revision = "0056"
down_revision = "0055"

_BATCH = 1000


def upgrade() -> None:
    """Create the tables, and fill them from what is stored."""
    op.create_table(
        "mark_terms",
        Column("sample_id", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
        Column("term", String(length=80), nullable=False),
        ForeignKeyConstraint(["sample_id"], ["samples.id"], name=op.f("fk_mark_terms_sample_id"), ondelete="CASCADE"),
        PrimaryKeyConstraint("sample_id", "term", name=op.f("pk_mark_terms")),
    )
    op.create_index(op.f("ix_mark_terms_term_sample_id"), "mark_terms", ["term", "sample_id"])
    op.create_table(
        "described_mark_terms",
        Column("record_id", String(length=36), nullable=False),
        Column("ordinal", SmallInteger(), nullable=False),
        Column("term", String(length=80), nullable=False),
        ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_described_mark_terms_record_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("record_id", "ordinal", "term", name=op.f("pk_described_mark_terms")),
    )
    op.create_index(op.f("ix_described_mark_terms_term_record_id"), "described_mark_terms", ["term", "record_id"])
    for name, rows in (("mark_terms", _photographed()), ("described_mark_terms", _described())):
        filled = table(name, *(column(each) for each in ("sample_id", "record_id", "ordinal", "term")))
        for chunk in rows:
            if chunk:
                op.get_bind().execute(filled.insert(), chunk)


def _photographed() -> Iterator[list[dict[str, Any]]]:
    for chunk in _stored("samples", "mark"):
        yield [{"sample_id": sample_id, "term": term} for sample_id, mark in chunk for term in terms_of(mark)]


def _described() -> Iterator[list[dict[str, Any]]]:
    for chunk in _stored("records", "particulars"):
        yield [
            {"record_id": record_id, "ordinal": ordinal, "term": term}
            for record_id, content in chunk
            for ordinal, mark in enumerate(content.get("appearance", {}).get("marks", ()))
            for term in terms_of(mark)
        ]


def _stored(name: str, content: str) -> Iterator[list[tuple[Any, Any]]]:
    """Yield (id, content) of the rows of a table that have one, some at a time."""
    rows = table(name, column("id"), column(content, JSON(none_as_null=True)))
    query = select(rows.c.id, rows.c[content]).where(rows.c[content].is_not(None)).order_by(rows.c.id).limit(_BATCH)
    chunk: list[Any] = list(op.get_bind().execute(query))
    while chunk:
        yield [(row[0], row[1]) for row in chunk]
        chunk = list(op.get_bind().execute(query.where(rows.c.id > chunk[-1][0])))
