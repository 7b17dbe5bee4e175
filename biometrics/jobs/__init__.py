"""Requests that are carried out later, and webhooks."""
