"""The tables of searches."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from biometrics.kernel.access import ACTOR_LENGTH, PURPOSE_LENGTH, UNIT_LENGTH
from biometrics.kernel.people.record import LABEL_LENGTH, REASON_LENGTH
from biometrics.kernel.technique.text import FIR_LENGTH, NAME_LENGTH
from biometrics.storage.tables.base import (
    DIGEST_LENGTH,
    ID_LENGTH,
    PROCESS_LENGTH,
    WORD_LENGTH,
    UtcDateTime,
    metadata,
)

CODE_LENGTH = 100  # of an error

searches = Table(
    "searches",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("case_number", String(FIR_LENGTH), nullable=False),
    Column("officer", String(NAME_LENGTH), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("gallery_size", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("threshold", Double),
    Column("actor_id", String(ACTOR_LENGTH), nullable=False),  # "" for the service itself
    Column("unit", String(UNIT_LENGTH), nullable=False),
    Column("purpose", String(PURPOSE_LENGTH), nullable=False),
    Column("reason", String(REASON_LENGTH), nullable=False),
    # The paths of the state and of the district that the unit is in, or is: lists of these units go by them.
    Column("state_unit", String(UNIT_LENGTH)),
    Column("district_unit", String(UNIT_LENGTH)),
    # Until when it may be seen without its order; NULL where it needs none, and once that was entered.
    Column("authorise_until", UtcDateTime, index=True),
    # The newest searches of a unit, an account, or a case.
    Index(None, "state_unit", "created_at", "id"),
    Index(None, "district_unit", "created_at", "id"),
    Index(None, "unit", "created_at", "id"),
    Index(None, "actor_id", "created_at", "id"),
    Index(None, "case_number", "created_at", "id"),
)

search_probes = Table(
    "search_probes",
    metadata,
    Column("search_id", ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("quality", SmallInteger),
    Column("finger_position", SmallInteger),
    Column("label", String(LABEL_LENGTH), nullable=False),
    Column("image_sha256", String(DIGEST_LENGTH), nullable=False),
    Column("reading", JSON, nullable=False),  # how it was read from the file
)

# Templates of probes whose files are kept, by other models than the one that answered the search, or of latents by
# later weights. A row with a lease is being extracted by the process `holder`: until that is done its `data`, if any,
# are those of earlier weights. One without has `data`, or was refused: then it has a code.
probe_templates = Table(
    "probe_templates",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("search_id", ForeignKey("searches.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Column("network", String(DIGEST_LENGTH)),  # the weights that read latents then; null of a model that reads none
    Column("data", LargeBinary),
    Column("holder", String(PROCESS_LENGTH), nullable=False),
    Column("leased_until", UtcDateTime),
    Column("tries", SmallInteger, nullable=False),
    Column("code", String(CODE_LENGTH)),  # of the error
    Column("detail", Text),
    UniqueConstraint("search_id", "ordinal", "model"),
    Index(None, "model", "leased_until"),
)

search_candidates = Table(
    "search_candidates",
    metadata,
    Column("search_id", ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("record_id", String(ID_LENGTH), nullable=False, index=True),  # no foreign key: an answer outlives the record
    Column("score", Double, nullable=False),
    Column("detail", JSON, nullable=False),
)
