"""Scales of scores that were learned from the gallery: statistics without data of anybody."""
