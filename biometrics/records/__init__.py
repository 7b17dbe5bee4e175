"""The records store: the database that is the truth."""
