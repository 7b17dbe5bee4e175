"""The encounters that a record without any had last, by which it is still seen and destroyed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, false, text

revision = "0068"
down_revision = "0067"

# The last move from each record that has no encounter; of a merge, all that it moved.
_EMPTIED = """
UPDATE moves SET emptied = :yes
WHERE NOT EXISTS (SELECT 1 FROM encounters WHERE encounters.record_id = moves.from_id)
AND EXISTS (
    SELECT 1 FROM moves AS latest WHERE latest.from_id = moves.from_id
    AND NOT EXISTS (
        SELECT 1 FROM moves AS later WHERE later.from_id = moves.from_id
        AND (later.created_at > latest.created_at OR (later.created_at = latest.created_at AND later.id > latest.id))
    )
    AND (latest.id = moves.id OR latest.merge_id = moves.merge_id)
)
"""
_SEEN_BY_THEM = """
UPDATE records SET bare_state = NULL
WHERE EXISTS (SELECT 1 FROM moves WHERE moves.from_id = records.id AND moves.emptied)
"""


def upgrade() -> None:
    """Add the column, and fill it by the moves of before."""
    op.add_column("moves", Column("emptied", Boolean(), server_default=false(), nullable=False))
    op.create_index(
        "ix_moves_emptied",
        "moves",
        ["from_id"],
        sqlite_where=text("emptied = 1"),
        postgresql_where=text("emptied"),
    )
    op.get_bind().execute(text(_EMPTIED), {"yes": True})
    op.execute(text(_SEEN_BY_THEM))
