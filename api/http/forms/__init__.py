"""Multipart forms and query parameters to values of the domain."""
