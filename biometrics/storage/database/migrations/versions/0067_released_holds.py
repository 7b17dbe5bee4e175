"""Store which hold a release ends: before, each ended all."""

from itertools import groupby
from operator import attrgetter

from alembic import op
from sqlalchemy import Column, MetaData, String, Table

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    """Add the columns, and name the hold of each release: that of its court and number, else the only one in force."""
    connection = op.get_bind()
    for name, subject in (("retention_orders", "encounter_id"), ("search_orders", "search_id")):
        op.add_column(name, Column("hold_id", String(36)))
        orders = Table(name, MetaData(), autoload_with=connection)
        rows = connection.execute(orders.select().order_by(orders.c[subject], orders.c.created_at, orders.c.id)).all()
        for _, of_subject in groupby(rows, attrgetter(subject)):
            holds = {}
            for row in of_subject:
                if row.kind == "hold":
                    holds[row.id] = (row.authority, row.reference)
                elif row.kind == "release":
                    named = [hold for hold, order in holds.items() if order == (row.authority, row.reference)]
                    for hold_id in (named or list(holds) if len(holds) == 1 else named)[-1:]:
                        del holds[hold_id]
                        connection.execute(orders.update().where(orders.c.id == row.id).values(hold_id=hold_id))
