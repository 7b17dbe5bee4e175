"""Requests to other servers: address rules, webhooks."""
