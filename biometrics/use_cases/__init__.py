"""Use cases, by what they are for; each is one module."""
