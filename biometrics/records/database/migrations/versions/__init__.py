"""One file a step; a test compares their sum with `tables.py`."""
