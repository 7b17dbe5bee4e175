"""Connections, migrations, locks and paging."""
