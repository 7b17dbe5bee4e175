"""What several routes use and is no use case of its own."""
