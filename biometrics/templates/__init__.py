"""Templates, and the change sequence that indexes follow."""
