"""Charted comparisons on paper."""
