"""What encounters were before they were replaced, and their samples of then."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Integer, LargeBinary, String

revision = "0035"
down_revision = "0034"

ID_LENGTH = 36
WHO_LENGTH = 100


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "encounter_versions",
        Column("encounter_id", String(ID_LENGTH), ForeignKey("encounters.id", ondelete="CASCADE"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("content", JSON, nullable=False),
        Column("client_content", LargeBinary),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        Column("changed_by", String(WHO_LENGTH), nullable=False),
    )
    number = BigInteger().with_variant(Integer(), "sqlite")
    op.create_table(
        "replaced_samples",
        Column("sample_id", number, ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
        Column("number", Integer, nullable=False),
    )
