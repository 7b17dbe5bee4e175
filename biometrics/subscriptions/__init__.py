"""Subscriptions of units and courts to people on record: notifications when others book, find or identify them."""
