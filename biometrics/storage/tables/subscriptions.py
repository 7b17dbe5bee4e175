"""The tables of subscriptions to people on record, and of their events."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text

from biometrics.kernel.access import ACTOR_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH
from biometrics.storage.tables.base import ID_LENGTH, WORD_LENGTH, RowNumber, UtcDateTime, metadata


def _unit() -> list[Column[str]]:
    lengths = {"state_code": 2, "district_code": CODE_LENGTH, "station_code": CODE_LENGTH}
    return [Column(name, String(length), nullable=False) for name, length in lengths.items()]


subscriptions: Final = Table(
    "subscriptions",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("owner", String(ACTOR_LENGTH), nullable=False),
    *_unit(),
    Column("legal_basis", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(ACTOR_LENGTH)),
    Column("ended_because", Text),
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# What happened to the person, and at which unit; a notification is about an event.
subscription_events: Final = Table(
    "subscription_events",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("about", String(ID_LENGTH), nullable=False),  # the encounter, search or case: one event each
    *_unit(),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "subscription_id", "kind", "about", unique=True),
)
