"""Techniques without a word of the domain: files, clocks, texts, pages, idempotency, compiled code."""
