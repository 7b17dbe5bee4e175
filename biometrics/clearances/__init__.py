"""Clearance certificates: requests of applicants, and what the police certify on the basis of biometrics."""
