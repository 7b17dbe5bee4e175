"""Interfaces that others have defined: OSIA, MOSIP, ANSI/NIST-ITL."""
