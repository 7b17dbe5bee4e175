"""The tables of standing searches and links between them, of what must still be searched for, and of notifications."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from biometrics.kernel.access import ACTOR_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, RowNumber, UtcDateTime, metadata

MEDIA_TYPE_LENGTH = 100

# Written with each encounter, in its transaction, and removed with what came of the check: none is lost or done twice.
enrolment_checks: Final = Table(
    "enrolment_checks",
    metadata,
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
    Column("owner", String(ACTOR_LENGTH), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("model", String(DIGEST_LENGTH)),  # that made a template and was not in use when the rest was checked
    Index(None, "tries", "requested_at"),
)

# What is searched for again is a stored search, or the record that an encounter is of.
standing_searches: Final = Table(
    "standing_searches",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("search_id", ForeignKey("searches.id", ondelete="CASCADE"), unique=True),
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), unique=True),
    Column("owner", String(ACTOR_LENGTH), nullable=False),
    Column("state_code", String(2), nullable=False),
    Column("district_code", String(CODE_LENGTH), nullable=False),
    Column("station_code", String(CODE_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_on", Date),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(ACTOR_LENGTH)),
    Column("ended_because", Text),
    Column("version", Integer, nullable=False),
)

# The probes of stored searches that are searched for again; a number is never given twice: an index may hold the old.
standing_probes: Final = Table(
    "standing_probes",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=False),
    Column("standing_id", ForeignKey("standing_searches.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ordinal", SmallInteger, nullable=False),
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    UniqueConstraint("standing_id", "ordinal", "model"),
)

# As `changes` is for templates: what the index of standing probes follows.
standing_changes: Final = Table(
    "standing_changes",
    metadata,
    Column("sequence", RowNumber, primary_key=True, autoincrement=False),
    Column("operation", String(WORD_LENGTH), nullable=False),
    Column("probe_id", RowNumber, nullable=False),  # no foreign key: the probe may be gone
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Index(None, "modality", "model", "sequence"),
)

# Written with a standing search for a latent, and when its templates change; removed with the links that were found.
link_checks: Final = Table(
    "link_checks",
    metadata,
    Column("standing_id", ForeignKey("standing_searches.id", ondelete="CASCADE"), primary_key=True),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Index(None, "tries", "requested_at"),
)

# Two unsolved latents that may be of one finger; the first has the lower number.
latent_links: Final = Table(
    "latent_links",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("first_id", ForeignKey("standing_searches.id", ondelete="CASCADE"), nullable=False),
    Column("second_id", ForeignKey("standing_searches.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("score", Double, nullable=False),  # decibans of the scale of whole prints: an order, no rarity
    Column("found_at", UtcDateTime, nullable=False),
    UniqueConstraint("first_id", "second_id"),
)

# The files of probes, which are in the image store, encrypted with the key of the search.
search_images: Final = Table(
    "search_images",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("search_id", ForeignKey("searches.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("media_type", String(MEDIA_TYPE_LENGTH), nullable=False),
    Column("image_sha256", String(DIGEST_LENGTH), nullable=False),  # of the file as received
    Column("image_name", String(DIGEST_LENGTH), nullable=False, index=True),  # in the store: SHA-256 of the sealed file
    Column("keep_until", Date, index=True),  # when it is due for destruction
    UniqueConstraint("search_id", "ordinal"),
)

notifications: Final = Table(
    "notifications",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=False),
    Column("recipient", String(ACTOR_LENGTH), nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("about", String(ID_LENGTH), nullable=False),  # the case, or the encounter
    Column("standing_id", String(ID_LENGTH)),
    Column("record_id", String(ID_LENGTH)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    UniqueConstraint("recipient", "kind", "about"),
    Index(None, "recipient", "number"),
)
