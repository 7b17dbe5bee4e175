"""Protocols and figures: everything below, measured."""
