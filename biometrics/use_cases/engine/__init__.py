"""The engine that all use cases run on."""
