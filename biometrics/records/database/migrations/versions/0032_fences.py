"""Fences of tasks, and the hosts that their results go to."""

from urllib.parse import urlsplit

from alembic import op
from sqlalchemy import Column, Integer, String, column, select, table

revision = "0032"
down_revision = "0031"

HOST_LENGTH = 300
PORTS = {"http": 80, "https": 443}


def upgrade() -> None:
    """Add the columns, and fill in the hosts."""
    op.add_column("tasks", Column("fence", Integer, nullable=False, server_default="0"))
    op.add_column("tasks", Column("host", String(HOST_LENGTH), nullable=False, server_default=""))
    tasks = table("tasks", column("callback"), column("host"))
    connection = op.get_bind()
    for address in connection.execute(select(tasks.c.callback).distinct()).scalars().all():
        connection.execute(tasks.update().where(tasks.c.callback == address).values(host=_host(address)))


def _host(address: str) -> str:
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        return f"{(parts.hostname or '').rstrip('.')}:{parts.port or PORTS.get(parts.scheme, 0)}"[:HOST_LENGTH]
    except ValueError:
        return ""
