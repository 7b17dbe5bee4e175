"""How many requests run at once, and how long each may take."""
