"""Counts and tables, and which of them may be published."""
