"""What lists of searches go by, and what examiners knew when they took a case."""

from alembic import op
from sqlalchemy import Boolean, Column, String, column, select, table

revision = "0030"
down_revision = "0029"

UNIT_LENGTH = 44
LISTED = ("state_unit", "district_unit", "unit", "actor_id", "case_number")


def upgrade() -> None:
    """Add the columns, fill in where searches were made, and make the indexes."""
    op.add_column("case_parts", Column("informed", Boolean))
    op.create_index(op.f("ix_case_parts_actor"), "case_parts", ["actor"])
    for name in LISTED[:2]:
        op.add_column("searches", Column(name, String(length=UNIT_LENGTH)))
    _fill()
    for name in LISTED:
        op.create_index(op.f(f"ix_searches_{name}_created_at_id"), "searches", [name, "created_at", "id"])


def _fill() -> None:
    searches = table("searches", column("unit"), column("state_unit"), column("district_unit"))
    connection = op.get_bind()
    units = connection.execute(select(searches.c.unit).distinct()).scalars().all()
    for unit in units:
        codes = unit.split("/") if unit and unit != "national" else []
        if codes:
            district = "/".join(codes[:2]) if len(codes) > 1 else None
            filled = searches.update().where(searches.c.unit == unit)
            connection.execute(filled.values(state_unit=codes[0], district_unit=district))
