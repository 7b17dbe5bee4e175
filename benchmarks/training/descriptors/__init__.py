"""Training of the network that describes the ridges around minutiae (docs/latents.md)."""
