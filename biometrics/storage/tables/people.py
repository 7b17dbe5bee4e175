"""The tables of the records store. Changes here need a migration in `migrations/versions/`; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Time,
)

from biometrics.kernel.access import ACTOR_LENGTH
from biometrics.kernel.people.encounter import ACT_LENGTH, DEVICE_LENGTH, PLACE_LENGTH, SECTION_LENGTH
from biometrics.kernel.people.record import FILENAME_LENGTH, REASON_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH, NAME_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, RowNumber, UtcDateTime, metadata

SPELLING_LENGTH = 60  # of a word of a name
TERM_LENGTH = 80  # of a mark
FAULTS_LENGTH = 200  # of all faults of a sample, parted by commas


records = Table(
    "records",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("national_number", String(10), nullable=False, unique=True),
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("sex", String(WORD_LENGTH), nullable=False),
    Column("birth_year", SmallInteger),
    Column("particulars", JSON),  # as `to_json` writes it
    Column("created_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("merged_into", String(ID_LENGTH)),  # no foreign key: rows are copied in any order
    Column(
        "bare_state", String(2)
    ),  # the state that sees a record that never had an encounter; see `refresh_search_columns`
    Index(None, "created_at", "id"),
    Index(None, "birth_year", "created_at", "id"),
)

# Without those that were not merged: most queries ask for these, and SQLite would take the index for a narrow way.
Index(
    "ix_records_merged_into",
    records.c.merged_into,
    sqlite_where=records.c.merged_into.is_not(None),
    postgresql_where=records.c.merged_into.is_not(None),
)

Index(
    "ix_records_bare_state_created_at_id",
    records.c.bare_state,
    records.c.created_at,
    records.c.id,
    sqlite_where=records.c.bare_state.is_not(None),
    postgresql_where=records.c.bare_state.is_not(None),
)

aliases = Table(
    "aliases",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("name", String(NAME_LENGTH), nullable=False),
)

encounters = Table(
    "encounters",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("fir_number", String(FIR_LENGTH), nullable=False, index=True),
    Column("station_code", String(CODE_LENGTH), nullable=False),
    Column("district_code", String(CODE_LENGTH), nullable=False),
    Column("state_code", String(2), nullable=False),
    Column("date", Date, nullable=False),
    Column("officer", String(NAME_LENGTH), nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("fir_year", SmallInteger),
    Column("time", Time),
    Column("place", String(PLACE_LENGTH)),
    Column("device", String(DEVICE_LENGTH)),
    Column("legal_basis", String(WORD_LENGTH)),
    Column("record_created_at", UtcDateTime),  # its record's `created_at`; see `refresh_search_columns`
    Column("enrolled_by", String(ACTOR_LENGTH)),  # the account; null for the service itself and where it is unknown
    # A record's encounters, and which of them are at a unit: with the codes behind, SQLite prefers it to those below.
    Index(None, "record_id", "state_code", "district_code", "station_code"),
    Index(None, "station_code", "date"),
    Index(None, "district_code", "date"),
    Index(None, "state_code", "date"),
    Index(None, "date", "record_id"),
    Index(None, "fir_year", "record_id"),
    Index(None, "enrolled_by", "record_id"),
    # The records of a unit, of the newest first, whatever other units have.
    Index("ix_encounters_state_records", "state_code", "record_created_at", "record_id"),
    Index("ix_encounters_district_records", "district_code", "state_code", "record_created_at", "record_id"),
    Index(
        "ix_encounters_station_records",
        "station_code",
        "district_code",
        "state_code",
        "record_created_at",
        "record_id",
    ),
)

sections = Table(
    "sections",
    metadata,
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("act", String(ACT_LENGTH), nullable=False),
    Column("section", String(SECTION_LENGTH), nullable=False),
    Index(None, "section", "act"),
)

# Fingers that could not be taken.
missing_fingers = Table(
    "missing_fingers",
    metadata,
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
    Column("finger_position", SmallInteger, primary_key=True),
    Column("reason", String(WORD_LENGTH), nullable=False),
)

# A row number of `samples` or `templates` is never given twice: an index may still hold the old one.
samples = Table(
    "samples",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("encounter_id", ForeignKey("encounters.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("finger_position", SmallInteger),
    Column("impression", SmallInteger),
    Column("media_type", String(100), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("ppi", Double),
    Column("quality", SmallInteger),
    Column("quality_faults", String(FAULTS_LENGTH)),
    Column("quality_parts", JSON),
    Column("accepted_because", String(REASON_LENGTH)),
    Column("image_sha256", String(DIGEST_LENGTH), nullable=False, index=True),  # of the file as it came in
    Column("image_name", String(DIGEST_LENGTH), index=True),  # in the image store: the SHA-256 of the sealed file
    Column("image_bytes", Integer, nullable=False),
    Column("filename", String(FILENAME_LENGTH), nullable=False),
    Column("photo_view", String(WORD_LENGTH)),
    Column("box", JSON(none_as_null=True)),  # the part of the photo: left, top, right and bottom edge
    Column("mark", JSON(none_as_null=True)),  # which mark a photo shows
    Column("enrolled_by", String(ACTOR_LENGTH)),  # the account; null for the service itself and before this column
    Index(None, "modality", "finger_position"),
    sqlite_autoincrement=True,
)

# The words of a person's names, as biometrics.names spells them; also neighbours, and whole names, as one word.
name_words = Table(
    "name_words",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("word", String(SPELLING_LENGTH), primary_key=True),
    Column("key", String(SPELLING_LENGTH), nullable=False),
    Index(None, "key", "record_id"),
    Index(None, "word", "record_id"),
)

# What marks are found by (`biometrics.names.mark_terms`): those that samples show, those that particulars describe.
mark_terms = Table(
    "mark_terms",
    metadata,
    Column("sample_id", ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
    Column("term", String(TERM_LENGTH), primary_key=True),
    Index(None, "term", "sample_id"),
)
described_mark_terms = Table(
    "described_mark_terms",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("term", String(TERM_LENGTH), primary_key=True),
    Index(None, "term", "record_id"),
)
