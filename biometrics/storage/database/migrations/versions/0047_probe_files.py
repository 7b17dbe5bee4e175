"""Keep the files of probes in the image store, each until a day; older ones stay in the database."""

from datetime import UTC, datetime

from alembic import op
from sqlalchemy import Column, Date, DateTime, ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, String, Table

from biometrics.kernel.retention_rules import YEARS_KEPT, years_after

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Add the columns. What is kept already was kept for examiners, for as long as the Act allows."""
    op.add_column("search_images", Column("image_sha256", String(64)))
    op.add_column("search_images", Column("image_name", String(64)))
    op.add_column("search_images", Column("keep_until", Date()))
    op.create_index(op.f("ix_search_images_image_name"), "search_images", ["image_name"])
    op.create_index(op.f("ix_search_images_keep_until"), "search_images", ["keep_until"])
    op.create_table(
        "search_orders",
        Column("id", String(36), nullable=False),
        Column("search_id", String(36), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("authority", String(200), nullable=False),
        Column("reference", String(100), nullable=False),
        Column("date", Date(), nullable=False),
        Column("until", Date()),
        Column("reason", String(300), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", String(100), nullable=False),
        ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_orders_search_id_searches"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_search_orders")),
    )
    op.create_index(op.f("ix_search_orders_search_id"), "search_orders", ["search_id"])
    connection = op.get_bind()
    images = Table("search_images", MetaData(), autoload_with=connection)
    until = years_after(datetime.now(UTC).date(), YEARS_KEPT)
    connection.execute(images.update().where(images.c.keep_until.is_(None)).values(keep_until=until))
