"""Alembic's entry point: run the migrations on the connection of `records.database.migrate`, in its transaction."""

from importlib import import_module
from pkgutil import walk_packages

from alembic import context

import biometrics.records
from biometrics.records.database.base import metadata

for module in walk_packages(biometrics.records.__path__, "biometrics.records."):
    if module.name.endswith("tables"):  # its tables join `metadata`
        import_module(module.name)

# SQLite can roll back changes of tables, but only where we send BEGIN: see biometrics/records/database/connections.py.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
