"""Alembic's entry point: run the migrations on the connection of `storage.database.migrate`, in its transaction."""

from importlib import import_module
from pkgutil import iter_modules

from alembic import context

from biometrics.storage import tables
from biometrics.storage.tables.base import metadata

for module in iter_modules(tables.__path__, f"{tables.__name__}."):
    import_module(module.name)  # its tables join `metadata`

# SQLite can roll back changes of tables, but only where we send BEGIN: see biometrics/storage/database/connections.py.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
