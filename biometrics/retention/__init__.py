"""How long samples are kept, and their destruction."""
