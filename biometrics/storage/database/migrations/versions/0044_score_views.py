"""Add the scores that actors have been shown as rows of their own, which blinding reads instead of the audit log."""

import json
import re
from collections.abc import Iterator

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, text

revision = "0044"
down_revision = "0043"

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
BATCH = 1000
SCORED = '"scored":true'
DIGEST = re.compile('"([0-9a-f]{64})"')
OF_A_SEARCH = ("search.make", "search.read", "search.replay")
COMPARED = ("search.make", "verification.make")
# Whatever may show a score: the actions of searches and comparisons, and what says so of a case.
ENTRIES = """
    SELECT number, actor_id, action, subject_id, detail FROM audit_entries
    WHERE number > :after AND (action IN (
        'search.make', 'search.read', 'search.replay', 'record.searches', 'verification.make', 'case.list'
    ) OR detail LIKE :scored)
    ORDER BY number LIMIT :batch
"""


def upgrade() -> None:
    """Create the table, and fill it from the audit log."""
    table = op.create_table(
        "score_views",
        Column("number", ROW_NUMBER, nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("about", String(length=64), nullable=False),
        Column("actor_id", String(length=100), nullable=False),
        ForeignKeyConstraint(["number"], ["audit_entries.number"], name=op.f("fk_score_views_number_audit_entries")),
        PrimaryKeyConstraint("number", "kind", "about", name=op.f("pk_score_views")),
    )
    op.create_index(op.f("ix_score_views_actor_id_kind_about"), "score_views", ["actor_id", "kind", "about"])
    connection, after = op.get_bind(), -1
    while entries := connection.execute(text(ENTRIES), {"after": after, "batch": BATCH, "scored": f"%{SCORED}%"}).all():
        after = entries[-1].number
        rows = [
            {"number": entry.number, "kind": kind, "about": about, "actor_id": entry.actor_id}
            for entry in entries
            for kind, about in sorted(set(_views(entry.action, entry.subject_id, entry.detail)))
        ]
        if rows:
            connection.execute(table.insert(), rows)


def _views(action: str, subject_id: str, detail: str) -> Iterator[tuple[str, str]]:
    """Yield what an entry shows the scores of, as blinding read it of the log."""
    if action in OF_A_SEARCH and subject_id:
        yield "search", subject_id
    if action in COMPARED:
        yield from (("file", digest) for digest in DIGEST.findall(detail))
    if action == "record.searches":
        yield from (("search", search_id) for search_id in json.loads(detail)["searches"])
    if action == "case.list":
        yield from (("case", case_id) for case_id in json.loads(detail).get("cases", ()))
    elif SCORED in detail:
        yield "case", subject_id
