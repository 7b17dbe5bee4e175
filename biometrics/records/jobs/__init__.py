"""Requests that are carried out later, webhooks, idempotency keys."""
