"""The table of requests for clearance certificates, and of the decisions on them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from biometrics.kernel.access import ACTOR_LENGTH
from biometrics.kernel.casework.cases import NUMBER_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH
from biometrics.storage.tables.base import ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata

clearances: Final = Table(
    "clearances",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("number", String(NUMBER_LENGTH), nullable=False, unique=True),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("state_code", String(2), nullable=False),
    Column("district_code", String(CODE_LENGTH), nullable=False),
    Column("station_code", String(CODE_LENGTH), nullable=False),
    Column("search_id", ForeignKey("searches.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("request", JSON(none_as_null=True)),  # the applicant; NULL once it is erased
    Column("requested_by", String(ACTOR_LENGTH), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("decision", JSON(none_as_null=True)),
    Column("decided_by", String(ACTOR_LENGTH)),
    Column("decided_at", UtcDateTime),
    Column("expires_on", Date),
    Column("statement", Text),
    Column("ended_by", String(ACTOR_LENGTH)),  # who withdrew the request or revoked the certificate
    Column("ended_at", UtcDateTime),
    Column("ended_because", Text),
    Column("erase_on", Date),  # NULL while it is undecided, and once it is erased
    Column("version", Integer, nullable=False),
    Index(None, "state_code", "district_code", "station_code", "requested_at"),
    Index(None, "erase_on"),
)
