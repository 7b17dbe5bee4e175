"""The tables behind OSIA's interface: what its clients call people and encounters, and galleries."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from biometrics.storage.tables.base import ID_LENGTH, UtcDateTime, metadata

CLIENT_ID_LENGTH = 100  # code points of an id or a gallery that a client names

osia_persons = Table(
    "osia_persons",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String(CLIENT_ID_LENGTH), nullable=False, unique=True),
)

# An encounter that came by another way has no row: its id is its own, its type and its one gallery are its kind.
osia_encounters = Table(
    "osia_encounters",
    metadata,
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(CLIENT_ID_LENGTH), nullable=False, index=True),  # unique within a person only
    Column("encounter_type", String(CLIENT_ID_LENGTH), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("content", LargeBinary),  # JSON, sealed with a key of the encounter's own, so that it may change its person
    Column("task_id", String(ID_LENGTH)),  # the task that wrote it
)

encounter_galleries = Table(
    "encounter_galleries",
    metadata,
    Column("encounter_id", ForeignKey("osia_encounters.encounter_id", ondelete="CASCADE"), primary_key=True),
    Column("gallery", String(CLIENT_ID_LENGTH), primary_key=True),
    Index(None, "gallery"),
)

# Encounters whose samples no search finds.
inactive_encounters = Table(
    "inactive_encounters",
    metadata,
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
)
