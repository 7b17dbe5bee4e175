"""Searches: of a sample, of a latent, again later, in other states."""
