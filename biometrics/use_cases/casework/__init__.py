"""Examiners, supervisors and their papers: cases, comparisons, clearances, line-ups."""
