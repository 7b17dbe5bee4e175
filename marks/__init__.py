"""Scars, marks and tattoos: from a photo of one to a template, and from two templates to a similarity."""
