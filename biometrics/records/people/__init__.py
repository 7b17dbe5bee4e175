"""People's records and their encounters: writing, finding, correcting, merging."""
