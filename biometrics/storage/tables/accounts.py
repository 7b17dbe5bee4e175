"""The tables of accounts, of what they are recognised by, and of units. Secrets are hashed, or sealed, never plain."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from biometrics.kernel.access import ACTOR_LENGTH, ADDRESS_LENGTH, LABEL_LENGTH, LOGIN_LENGTH, UNIT_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH, NAME_LENGTH
from biometrics.storage.tables.base import DIGEST_LENGTH, ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata

ROLES_LENGTH = 200  # of all roles of an account, parted by commas
SCOPES_LENGTH = 1000
PASSWORD_LENGTH = 200  # an argon2id hash with its parameters
PREFIX_LENGTH = 24
QUALIFICATION_LENGTH = 500
SUBJECT_LENGTH = 255  # OpenID Connect Core, section 2
ISSUER_LENGTH = 500

users: Final = Table(
    "users",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("login", String(LOGIN_LENGTH), nullable=False, unique=True),
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("roles", String(ROLES_LENGTH), nullable=False),
    Column("state_code", String(2), nullable=False),
    Column("district_code", String(CODE_LENGTH), nullable=False),
    Column("station_code", String(CODE_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, onupdate=text("version + 1")),  # with every change of anything of it
    Column("disabled_at", UtcDateTime),
    Column("password_hash", String(PASSWORD_LENGTH)),
    Column("setup_sha256", String(DIGEST_LENGTH)),  # of the one-time password
    Column("setup_until", UtcDateTime),
    Column("totp_sealed", LargeBinary),
    Column("totp_since", UtcDateTime),  # NULL until a first code has proved that the secret arrived
    Column("totp_step", BigInteger),  # of the last code accepted: it and those before are not accepted again
    Column("qualification", String(QUALIFICATION_LENGTH), nullable=False, default=""),  # for reports to courts
    Column("paper_sha256", String(DIGEST_LENGTH)),  # of the code on paper by which the owner replaces password or phone
)

# Changes of accounts that wait for a second person.
account_requests: Final = Table(
    "account_requests",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True),  # NULL for a new account
    Column("content", Text, nullable=False),  # JSON: what the change sets
    Column("requested_by", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("requested_at", UtcDateTime, nullable=False, index=True),
    Column("first_prefix", String(PREFIX_LENGTH)),  # of the half of a secret that its requester has, and its digest
    Column("first_sha256", String(DIGEST_LENGTH)),
)

# Who made an account, or gave it more: they and it do not approve for each other for some days.
account_makers: Final = Table(
    "account_makers",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("maker_id", String(ACTOR_LENGTH), nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
)

# The identity of an account's owner at an outside provider.
user_identities: Final = Table(
    "user_identities",
    metadata,
    Column("issuer", String(ISSUER_LENGTH), nullable=False),
    Column("subject", String(SUBJECT_LENGTH), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),  # by the account's owner; it cannot be used to sign in before that
    PrimaryKeyConstraint("issuer", "subject"),
)

user_sessions: Final = Table(
    "user_sessions",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("method", String(WORD_LENGTH), nullable=False),
    Column("address", String(ADDRESS_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("ended_because", String(WORD_LENGTH)),
)

refresh_tokens: Final = Table(
    "refresh_tokens",
    metadata,
    Column("sha256", String(DIGEST_LENGTH), primary_key=True),
    Column("session_id", ForeignKey("user_sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("owner_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", String(LABEL_LENGTH), nullable=False),
    Column("prefix", String(PREFIX_LENGTH), nullable=False),
    Column("sha256", String(DIGEST_LENGTH), nullable=False),
    Column("scopes", String(SCOPES_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    UniqueConstraint("sha256"),
)

# Filters of the list of records, as conditions by their names.
saved_filters: Final = Table(
    "saved_filters",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("owner_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(LABEL_LENGTH), nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("owner_id", "name"),
)

# Clients that have signed in to an account before, by a secret that they keep.
user_devices: Final = Table(
    "user_devices",
    metadata,
    Column("sha256", String(DIGEST_LENGTH), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

# Wrong tries, by the digest of a login, which need not exist: what is locked says nothing about who has an account.
sign_in_failures: Final = Table(
    "sign_in_failures",
    metadata,
    Column("login_sha256", String(DIGEST_LENGTH), nullable=False),
    Column("device_sha256", String(DIGEST_LENGTH), nullable=False),  # "" for clients that are not known
    Column("failures", Integer, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Column("locked_until", UtcDateTime),
    PrimaryKeyConstraint("login_sha256", "device_sha256"),
    Index(None, "failed_at"),
)


TELEPHONE_LENGTH = 40

units: Final = Table(
    "units",
    metadata,
    Column("path", String(UNIT_LENGTH), primary_key=True),  # `Unit.path`; its parent is the path without its last code
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("level", String(WORD_LENGTH), nullable=False),
    Column("telephone", String(TELEPHONE_LENGTH), nullable=False),
    Column("court_details", JSON, nullable=False, default=dict),  # `CourtDetails`: device, who is in charge, validation
)
