"""Training of the network that finds minutiae in latents; `python -m benchmarks.training.latents` (docs/latents.md)."""
