"""Comparing two sets of minutiae."""
