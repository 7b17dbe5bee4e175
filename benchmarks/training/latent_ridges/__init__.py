"""Training of the network that sees the ridges of latents (docs/latents.md)."""
