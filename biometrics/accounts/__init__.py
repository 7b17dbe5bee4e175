"""Accounts and their credentials: users, sessions, API keys."""
