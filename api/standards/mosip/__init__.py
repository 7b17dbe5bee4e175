"""MOSIP's ABIS interface, version 0.9 of its specification: see docs/mosip.md."""
