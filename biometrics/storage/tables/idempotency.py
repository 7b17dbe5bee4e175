"""The table of requests that were carried out under an idempotency key."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Table, UniqueConstraint

from biometrics.kernel.technique.idempotency import KEY_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata
from biometrics.storage.tables.history import WHO_LENGTH

# One row for each step of a request, written in the transaction of the step.
idempotency_keys = Table(
    "once_keys",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("actor", String(WHO_LENGTH), nullable=False),
    Column("key", String(KEY_LENGTH), nullable=False),
    Column("step", String(WORD_LENGTH), nullable=False),
    Column("digest", String(DIGEST_LENGTH), nullable=False),
    Column("answer", JSON, nullable=False),  # ids of what was made
    Column("created_at", UtcDateTime, nullable=False, index=True),
    UniqueConstraint("actor", "key", "step"),
)
