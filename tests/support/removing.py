"""Removing people as the product does."""

from __future__ import annotations

from biometrics.records.store import RecordStore
from biometrics.use_cases.retention.retention import Retention


def remove_record(store: RecordStore, record_id: str) -> None:
    """Delete a record with all that it holds, as at its owner's request."""
    Retention(store).delete(record_id, "a test")
