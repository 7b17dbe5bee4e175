"""What is kept, what is destroyed, and the papers about it."""
