"""Experiments that a page of the documentation cites: each module is a command."""
