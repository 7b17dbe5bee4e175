"""Alembic's entry: run the steps on the connection, and in the transaction, of `biometrics.records.migrate`."""

from alembic import context

from biometrics.records import (  # noqa: F401 - their tables join `metadata`
    account_tables,
    audit_tables,
    case_tables,
    history_tables,
    merge_tables,
    name_tables,
    once_tables,
    osia_tables,
    standing_tables,
    task_tables,
    unit_tables,
)
from biometrics.records.tables import metadata

# SQLite can undo changes of tables, but only where BEGIN is sent by us: see biometrics/records/database.py.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
