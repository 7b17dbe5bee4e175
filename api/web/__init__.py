"""The pages: what officers, examiners, auditors and administrators see in a browser."""
