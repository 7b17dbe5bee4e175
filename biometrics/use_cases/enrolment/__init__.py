"""Enrolments, and what follows from each."""
