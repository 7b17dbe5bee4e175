"""A station's queue while it is offline, and its way to the server."""
