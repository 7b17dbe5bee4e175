"""What the ABIS interfaces have in common."""
