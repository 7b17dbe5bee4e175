"""People's records and their encounters: writing, reading, finding."""
