"""Storage: the database and its tables, image files, keys, the audit log; below all features."""
