"""Names across scripts and spellings: to Latin letters, to what sounds the same, and how alike two are."""
