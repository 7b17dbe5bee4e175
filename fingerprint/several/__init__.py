"""Whether a print is of one finger: not larger, not denser, and not several prints side by side."""
