"""One file a step; a test compares their sum with `biometrics/storage/tables`."""
