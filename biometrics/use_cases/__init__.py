"""Use cases, one a module: enrol, identify, verify, compare, examine."""
