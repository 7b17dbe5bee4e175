"""The tables of what was directed about the keeping of samples, and of what was destroyed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from biometrics.kernel.access import UNIT_LENGTH
from biometrics.kernel.people.retention_rules import AUTHORITY_LENGTH, ORDER_REASON_LENGTH, REFERENCE_LENGTH
from biometrics.storage.tables.base import ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata
from biometrics.storage.tables.history import WHO_LENGTH

SIGNATURE_LENGTH = 128  # Ed25519 in hex


def _orders(name: str, about: str, owner: str) -> Table:
    return Table(
        name,
        metadata,
        Column("id", String(ID_LENGTH), primary_key=True),
        Column(about, ForeignKey(owner, ondelete="CASCADE"), nullable=False, index=True),
        Column("kind", String(WORD_LENGTH), nullable=False),
        Column("authority", String(AUTHORITY_LENGTH), nullable=False),
        Column("reference", String(REFERENCE_LENGTH), nullable=False),
        Column("date", Date, nullable=False),
        Column("until", Date),
        Column("reason", String(ORDER_REASON_LENGTH), nullable=False),
        Column("hold_id", String(ID_LENGTH)),  # of a release: the hold that it ends
        Column("created_at", UtcDateTime, nullable=False),
        Column("created_by", String(WHO_LENGTH), nullable=False),
    )


retention_orders: Final = _orders("retention_orders", "encounter_id", "encounters.id")
search_orders: Final = _orders("search_orders", "search_id", "searches.id")  # about the files of a search's probes

# Written in the transaction that destroys; without a signature until the files are gone, too.
expungements: Final = Table(
    "expungements",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("record_id", String(ID_LENGTH), nullable=False, index=True),  # no foreign key: the record may be gone
    Column("created_at", UtcDateTime, nullable=False),
    Column("content", Text, nullable=False),  # JSON, of which the signature is
    Column("signature", String(SIGNATURE_LENGTH)),
    Column("version", Integer, nullable=False),
    Column("unit", String(UNIT_LENGTH), nullable=False),  # the lowest that covers where all of it was collected
    Column("leftovers", LargeBinary),  # still to be erased; sealed, as biometrics/retention/leftovers.py does
    Index(None, "created_at", "id"),
)
