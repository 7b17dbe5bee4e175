"""The store of all features together: one transaction, one actor."""
