"""The words that the pages show for values."""
