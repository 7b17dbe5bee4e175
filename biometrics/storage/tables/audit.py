"""The tables of the audit log. Triggers, made by the migrations, refuse to change or remove an entry."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from biometrics.kernel.access import (
    ACTOR_LENGTH,
    ADDRESS_LENGTH,
    CREDENTIAL_LENGTH,
    PURPOSE_LENGTH,
    REQUEST_LENGTH,
    UNIT_LENGTH,
)
from biometrics.kernel.technique.text import FIR_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, WORD_LENGTH, RowNumber, metadata

INSTANT_LENGTH = 27  # 2026-11-25T09:30:00.000000Z
ACTION_LENGTH = 40
SUBJECT_LENGTH = 100
SIGNATURE_LENGTH = 128  # Ed25519 in hex

# All columns but the number hold the text that was hashed, so that each value has one representation.
audit_entries: Final = Table(
    "audit_entries",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=False),
    Column("at", String(INSTANT_LENGTH), nullable=False),
    Column("actor_id", String(ACTOR_LENGTH), nullable=False),
    Column("unit", String(UNIT_LENGTH), nullable=False),
    Column("address", String(ADDRESS_LENGTH), nullable=False),
    Column("request_id", String(REQUEST_LENGTH), nullable=False),
    Column("purpose", String(PURPOSE_LENGTH), nullable=False),
    Column("case_number", String(FIR_LENGTH), nullable=False),
    Column("action", String(ACTION_LENGTH), nullable=False),
    Column("subject_id", String(SUBJECT_LENGTH), nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(DIGEST_LENGTH), nullable=False),
    Column("credential", String(CREDENTIAL_LENGTH), nullable=False),  # or nothing
    Column("hash", String(DIGEST_LENGTH), nullable=False),
    Index(None, "subject_id", "number"),
    Index(None, "actor_id", "number"),
    Index(None, "action", "number"),
    Index(None, "credential", "number"),
    Index(None, "at"),
)

# The scores that an actor has been shown, for blinding: a row for each search, file or case that an entry is about.
score_views: Final = Table(
    "score_views",
    metadata,
    Column("number", ForeignKey(audit_entries.c.number), primary_key=True),
    Column("kind", String(WORD_LENGTH), primary_key=True),  # a `ViewKind`
    Column("about", String(DIGEST_LENGTH), primary_key=True),  # the id of a search or case, the SHA-256 of a file
    Column("actor_id", String(ACTOR_LENGTH), nullable=False),
    Index(None, "actor_id", "kind", "about"),
)

# How far the log reached at some moments, signed.
audit_heads: Final = Table(
    "audit_heads",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=False),
    Column("hash", String(DIGEST_LENGTH), nullable=False),
    Column("at", String(INSTANT_LENGTH), nullable=False),
    Column("public_key", String(DIGEST_LENGTH), nullable=False),
    Column("signature", String(SIGNATURE_LENGTH), nullable=False),
)
