"""The audit log: writing its chained entries, and the check of the clock."""
