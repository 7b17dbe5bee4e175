"""Backup, restore, and moving a station to another database."""
