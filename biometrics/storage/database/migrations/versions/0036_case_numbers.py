"""Give cases a number that people can say: unit, year and sequence, in the order in which they were opened."""

from collections import Counter

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, MetaData, String, Table, select

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add the column, number the cases that there are, and let the counters go on from there."""
    op.add_column("cases", Column("number", String(40)))
    connection = op.get_bind()
    tables = MetaData()
    cases = Table(
        "cases",
        tables,
        Column("id", String(36)),
        Column("number", String(40)),
        Column("created_at", DateTime(timezone=True)),
        Column("state_code", String(2)),
        Column("district_code", String(20)),
        Column("station_code", String(20)),
    )
    counters = Table("counters", tables, Column("name", String(50)), Column("value", BigInteger))
    numbered: Counter[str] = Counter()
    rows = connection.execute(select(cases).order_by(cases.c.created_at, cases.c.id)).all()
    for row in rows:
        unit = row.station_code or row.district_code or row.state_code or "national"
        prefix = f"{unit}-{row.created_at.year}".upper()
        numbered[prefix] += 1
        number = f"{prefix}-{numbered[prefix]:04}"
        connection.execute(cases.update().where(cases.c.id == row.id).values(number=number))
    values = [{"name": f"case number {prefix}", "value": count} for prefix, count in numbered.items()]
    if rows:
        connection.execute(counters.insert(), [{"name": "case", "value": len(rows)}, *values])
    op.create_index(op.f("ix_cases_number"), "cases", ["number"], unique=True)
