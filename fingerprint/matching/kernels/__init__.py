"""The compiled steps of a comparison of two prints."""
