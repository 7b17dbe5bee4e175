"""The index of prints in partitions on a Ray cluster."""
