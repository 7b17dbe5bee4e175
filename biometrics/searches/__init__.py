"""Stored searches, and what examiners may not see of them."""
