"""Fingerprints: from image to minutiae to a score."""
