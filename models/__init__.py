"""Which weight files, their hashes and licences, and how a session on them is opened."""
