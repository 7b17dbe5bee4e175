"""The terms of the domain as validated, immutable values: people, encounters, cases, access, and every error."""
