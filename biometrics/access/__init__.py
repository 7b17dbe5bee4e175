"""Who may see or change which record: units, jurisdiction, rights of each store method."""
