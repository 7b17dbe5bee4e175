"""The demonstration: a station of invented people, whose visitors choose a role instead of signing in."""
