"""Latents: prints from a scene, searched by their image or by the minutiae that an examiner marked on it."""
