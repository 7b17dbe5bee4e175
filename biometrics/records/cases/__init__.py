"""Cases for examiners, and what follows from their decisions."""
