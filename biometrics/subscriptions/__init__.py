"""Subscriptions of units and courts to people on record: they are told who books, finds or identifies them."""
