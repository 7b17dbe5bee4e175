"""The tables of what happened to records and encounters: corrections, court outcomes, links, merges and moves."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, true

from biometrics.kernel.people.court import COURT_LENGTH
from biometrics.kernel.people.record import REASON_LENGTH
from biometrics.kernel.technique.text import FIR_LENGTH
from biometrics.storage.tables.base import ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata

WHO_LENGTH = 100  # code points of an actor's id

# A person's data as of a version of the record, stored when it changes.
person_versions = Table(
    "person_versions",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", JSON, nullable=False),  # as `to_json` writes it
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(WHO_LENGTH), nullable=False),
)

# An encounter as of a version, the first 1, stored when another one replaces it.
encounter_versions = Table(
    "encounter_versions",
    metadata,
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", JSON, nullable=False),  # as `to_json` writes it
    Column("client_content", LargeBinary),  # what a client of OSIA's interface sent of it, sealed as it was there
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(WHO_LENGTH), nullable=False),
)

# Samples of an encounter that another one was put in place of: kept with their images, and without templates.
replaced_samples = Table(
    "replaced_samples",
    metadata,
    Column("sample_id", ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, nullable=False),  # the version of their encounter that they belong to
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", String(WORD_LENGTH), nullable=False),
    Column("date", Date, nullable=False),
    Column("court", String(COURT_LENGTH), nullable=False),
    Column("verdict", String(WORD_LENGTH + 2)),
    Column("case_number", String(FIR_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(WHO_LENGTH), nullable=False),
    # Of one that was entered by mistake: it counts no more, and stays.
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", String(WHO_LENGTH)),
    Column("withdrawn_because", String(REASON_LENGTH)),
    Column("replaced_by", String(ID_LENGTH)),  # the outcome that was put in its place
)

encounter_links = Table(
    "encounter_links",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("from_id", ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("to_id", ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(WHO_LENGTH), nullable=False),
)

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
    # The record is without an encounter since: the units of those that left it last see it, and it goes with these.
    Column("emptied", Boolean, nullable=False),
    Column("reason", String(REASON_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(WHO_LENGTH), nullable=False),
)

# Without those that left a record with another encounter, which most do.
Index("ix_moves_emptied", moves.c.from_id, sqlite_where=moves.c.emptied == true(), postgresql_where=moves.c.emptied)
