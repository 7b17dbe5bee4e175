"""Data keys, master keys, encryption and signatures."""
