"""A generated finger itself: its flow, its ridges, its minutiae."""
