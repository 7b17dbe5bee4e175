"""Alembic's entry: run the steps on the connection, and in the transaction, of `records.database.migrate`."""

from importlib import import_module

from alembic import context

from biometrics.records.people.tables import metadata

# Their tables join `metadata`.
for package in ("access", "accounts", "audit", "cases", "jobs", "osia", "watchlist"):
    import_module(f"biometrics.records.{package}.tables")
for module in ("people.history_tables", "people.merge_tables", "people.name_tables", "jobs.idempotency_tables"):
    import_module(f"biometrics.records.{module}")

# SQLite can undo changes of tables, but only where BEGIN is sent by us: see biometrics/records/database/engine.py.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
