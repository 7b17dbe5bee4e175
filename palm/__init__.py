"""Palms: generated ones, their minutiae out of an image, and how alike two of them are."""
