"""Runs, from images to raw scores: data sets, protocols, extraction, and files of stored scores."""
