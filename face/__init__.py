"""Faces: from photo to embedding to a score."""
