"""One file of routes for each group of pages. They only show; what changes anything asks `/api/v1`."""
