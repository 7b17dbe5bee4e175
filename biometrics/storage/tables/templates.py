"""The tables of templates and of their changes, which search indexes follow."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
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

from biometrics.storage.tables.base import (
    DIGEST_LENGTH,
    ID_LENGTH,
    PROCESS_LENGTH,
    WORD_LENGTH,
    RowNumber,
    UtcDateTime,
    metadata,
)

MODEL_NAME_LENGTH = 100  # of an entry of a models manifest

# A sample has one template of each model in use, at most.
templates = Table(
    "templates",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("sample_id", ForeignKey("samples.id", ondelete="CASCADE"), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("sample_id", "model"),
    sqlite_autoincrement=True,
)

# Templates that cannot be decrypted: no search finds them, and the operator sees their number.
unreadable_templates = Table(
    "unreadable_templates",
    metadata,
    Column("template_id", ForeignKey("templates.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("found_at", UtcDateTime, nullable=False),
)

# The models that templates are kept of. One of each modality is in force: searches use it alone.
models_in_use = Table(
    "models_in_use",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Column("name", String(MODEL_NAME_LENGTH), nullable=False),  # in the models manifest
    Column("in_force", Boolean, nullable=False),
    Column("replaced_at", UtcDateTime),  # when another model was put in force in its place
    Column("wanted", Boolean, nullable=False),  # servers extract the samples that have no template of it
    Column("complete_to", RowNumber, nullable=False),  # samples up to this number have a template, or are listed
    Column("started_at", UtcDateTime),  # of the extraction in progress, and how many samples it had to do, and did
    Column("to_do", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("modality", "model"),
)

# The servers of this database, each until its lease ends, which it renews.
running_servers = Table(
    "running_servers",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("name", String(PROCESS_LENGTH), nullable=False),
    Column("models", JSON, nullable=False),  # the digests of those that it has installed
    Column("leased_until", UtcDateTime, nullable=False),
)

# The samples that a process is extracting again, and those that a model refused, for people to look at.
reextractions = Table(
    "reextractions",
    metadata,
    Column("sample_id", ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("model", String(DIGEST_LENGTH), primary_key=True),
    Column("holder", String(PROCESS_LENGTH), nullable=False),
    Column("leased_until", UtcDateTime),  # null: it was refused
    Column("tries", SmallInteger, nullable=False),
    Column("code", String(MODEL_NAME_LENGTH)),  # of the error
    Column("detail", Text),
    Index(None, "model", "leased_until"),
)

changes = Table(
    "changes",
    metadata,
    Column("sequence", RowNumber, primary_key=True, autoincrement=False),
    Column("operation", String(WORD_LENGTH), nullable=False),
    Column("template_id", RowNumber, nullable=False),  # no foreign key: the template may be gone
    Column("modality", String(WORD_LENGTH), nullable=False),
    Column("model", String(DIGEST_LENGTH), nullable=False),
    Index(None, "modality", "model", "sequence"),
)
