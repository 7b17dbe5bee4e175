"""`/api/v1`: for each resource its routes, and next to them the schemas of its requests and responses."""
