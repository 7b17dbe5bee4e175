"""Accounts: their rights, and what they save."""
