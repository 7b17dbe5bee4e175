"""The audit log: writing, reading, verifying."""
