"""Documents for courts and stations, as PDF."""
