"""Notifications of accounts and units."""
