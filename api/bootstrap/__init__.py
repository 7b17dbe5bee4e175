"""Settings to a running server: store, engine, background work."""
