"""What belongs to no single part: text, files, idempotency keys, the clock."""
