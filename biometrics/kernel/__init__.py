"""Errors, types, access, clock and text: imported by all of the product, importing nothing of it."""
