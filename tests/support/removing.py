"""Removing people as the product does."""

from __future__ import annotations

from biometrics.records.retention.repository import RetentionStore
from biometrics.records.store import RecordStore


def remove_record(store: RecordStore, record_id: str) -> None:
    """Delete a record with all that it holds, as at its owner's request."""
    RetentionStore(store).delete(record_id, "a test")
