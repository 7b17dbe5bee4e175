"""What all routes share: authorisation, idempotency, pagination, problem details, limits."""
