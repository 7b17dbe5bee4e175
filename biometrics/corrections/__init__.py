"""Corrections of what is on record: court outcomes, merges of records and moves of encounters, and undoing them."""
