"""Slaps and cards: images of several fingers, cut into upright single fingers and checked against each other."""
