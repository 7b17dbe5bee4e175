"""The tables of photo line-ups: who is in one, to whom it was shown, and what each witness said."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, SmallInteger, String, Table, Text, UniqueConstraint

from biometrics.kernel.access import ACTOR_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, RowNumber, UtcDateTime, metadata

WITNESS_LENGTH = 100

# Records and samples are no foreign keys: what a witness said outlives them. The photos are those of the samples.
lineups: Final = Table(
    "lineups",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("owner", String(ACTOR_LENGTH), nullable=False),
    Column("state_code", String(2), nullable=False),
    Column("district_code", String(CODE_LENGTH), nullable=False),
    Column("station_code", String(CODE_LENGTH), nullable=False),
    Column("fir_number", String(FIR_LENGTH), nullable=False),
    Column("description", Text, nullable=False),  # by the witnesses, before they saw a photo
    Column("sought", JSON, nullable=False),  # what of it a filler must not contradict
    Column("presentation", String(WORD_LENGTH), nullable=False),
    Column("greyscale", Boolean, nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    Column("commitment", String(DIGEST_LENGTH)),  # to the photos
    Column("closed_at", UtcDateTime),
    Column("closed_because", Text),
    Column("seal", String(DIGEST_LENGTH)),
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)

lineup_members: Final = Table(
    "lineup_members",
    metadata,
    Column("lineup_id", ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("record_id", String(ID_LENGTH), nullable=False, index=True),
    Column("sample_id", RowNumber, nullable=False),
    Column("is_suspect", Boolean, nullable=False),
    Column("box", JSON, nullable=False),  # the part of the photo that is shown: left, top, right and bottom edge
    Column("photo_sha256", String(DIGEST_LENGTH), nullable=False),  # of the pixels that are shown
    Column("look", JSON, nullable=False),  # what would make one photo stand out
    Column("band", String(WORD_LENGTH)),  # how alike a filler is; null of the suspect
)

lineup_viewings: Final = Table(
    "lineup_viewings",
    metadata,
    Column("lineup_id", ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("witness", String(WITNESS_LENGTH), nullable=False),
    Column("witness_key", String(WITNESS_LENGTH), nullable=False),  # as names are compared
    Column("operator", String(ACTOR_LENGTH), nullable=False),
    Column("present", Text, nullable=False),
    Column("language", String(WORD_LENGTH), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seed", String(DIGEST_LENGTH), nullable=False),
    Column("photo_order", JSON, nullable=False),  # ordinals of members by position
    Column("commitment", String(DIGEST_LENGTH), nullable=False),  # to seed, order, photos and suspect
    Column("ended_at", UtcDateTime),
    Column("remarks", Text, nullable=False),
    Column("seal", String(DIGEST_LENGTH)),
    UniqueConstraint("lineup_id", "witness_key"),
)

lineup_answers: Final = Table(
    "lineup_answers",
    metadata,
    Column("lineup_id", ForeignKey("lineups.id", ondelete="CASCADE"), primary_key=True),
    Column("viewing", SmallInteger, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("position", SmallInteger),  # null: of all photos together
    Column("choice", String(WORD_LENGTH), nullable=False),
    Column("words", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
