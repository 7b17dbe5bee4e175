"""The table of data keys: each wrapped by a master key, which is never in the database."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from biometrics.storage.tables.base import RowNumber, UtcDateTime, metadata

OWNER_LENGTH = 40  # a UUID, or one of these:
MASTER_LENGTH = 64

SNAPSHOTS = "snapshots"  # owns the key of all saved indexes
SIGNING = "signing"  # owns the key that certificates are signed with
ACCOUNTS = "accounts"  # owns the secret behind access tokens and one-time codes; rewrapped, never replaced
REFERENCES = "references"  # owns the key of what stands for a record at the national index; rewrapped, never replaced
COPIES = "copies"  # owns the key of the national index's copies of the states' templates

PLACE_LENGTH = 1000  # of a path

# Where copies of all living keys are written, for restoring backups; destroying a key rewrites them.
key_copies = Table(
    "key_copies",
    metadata,
    Column("place", String(PLACE_LENGTH), primary_key=True),
    Column("written_at", UtcDateTime, nullable=False),
    Column("master_id", String(MASTER_LENGTH), nullable=False),  # that wrapped what was written last
)

# A row for each copy and each deletion of data keys, made by a trigger of the database: the copy still holds the key.
stale_key_copies = Table(
    "stale_key_copies",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("place", String(PLACE_LENGTH), nullable=False),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", String(OWNER_LENGTH), primary_key=True),  # of the record, search or other whose key it is
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_id", String(MASTER_LENGTH), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
)
