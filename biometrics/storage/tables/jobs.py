"""The tables of tasks, with their results, of webhooks, and of requests that were carried out once."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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

from biometrics.kernel.access import CREDENTIAL_LENGTH
from biometrics.kernel.technique.idempotency import KEY_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata
from biometrics.storage.tables.history import WHO_LENGTH

HOST_LENGTH = 300

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("kind", String(WORD_LENGTH), nullable=False),  # who carries it out and how its result is delivered
    Column("operation", String(100), nullable=False),
    Column("owner", String(100), nullable=False),  # the id of the account
    Column("act", JSON, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("transaction_id", Text, nullable=False),
    Column("callback", Text, nullable=False),  # where the result goes; empty: the client asks for it
    Column("host", String(HOST_LENGTH), nullable=False),  # of the callback, with its port
    Column("webhook_id", String(ID_LENGTH)),  # of an event
    Column("call", LargeBinary),  # JSON, sealed with a key of the task's own; None once it was carried out
    Column("result", LargeBinary),  # JSON, sealed likewise
    Column("failed", Boolean, nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("stage", String(WORD_LENGTH)),  # what is being done, while it is carried out
    Column("fence", Integer, nullable=False),  # grows each time the task is taken up
    Column("runs", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),  # to deliver the result
    Column("due_at", UtcDateTime),  # when it is next to be taken up; None: never
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "due_at", "priority"),
    Index(None, "changed_at"),
    Index(None, "owner", "kind", "created_at"),
    Index(None, "webhook_id", "created_at"),
)

# The files of a task that is still to be carried out; they go with its `call`.
task_files = Table(
    "task_files",
    metadata,
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("image_name", String(DIGEST_LENGTH), nullable=False, index=True),  # in the image store, sealed like `call`
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("owner", String(ID_LENGTH), nullable=False, index=True),  # the id of the account
    Column("url", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("secret", LargeBinary, nullable=False),  # sealed with a key of the webhook's own
    Column("last_notification", BigInteger, nullable=False),  # those up to this number are queued
    Column("credential", String(CREDENTIAL_LENGTH), nullable=False),  # that it was made with
    Column("created_at", UtcDateTime, nullable=False),
)


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
