"""The tables of records that were merged, and of encounters that went from one record to another."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from biometrics.records.database.base import ID_LENGTH, UtcDateTime, metadata
from biometrics.records.people.history_tables import WHO_LENGTH
from biometrics.records.values import REASON_LENGTH

merges = Table(
    "merges",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("survivor_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("merged_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reason", String(REASON_LENGTH), nullable=False),
    Column("aliases", JSON, nullable=False),  # those that the survivor got by it
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(WHO_LENGTH), nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", String(WHO_LENGTH)),
    Column("undone_because", String(REASON_LENGTH)),
)

# One row for each move of an encounter to another record: alone, in a merge, or back.
moves = Table(
    "moves",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("from_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("to_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("merge_id", ForeignKey("merges.id", ondelete="CASCADE"), index=True),
    Column("undoes_id", String(ID_LENGTH)),  # the move that this one takes back
    Column("reason", String(REASON_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(WHO_LENGTH), nullable=False),
)
