"""Vector indexes: a cache of the database that answers who is near."""
