"""MOSIP's Secure Biometric Interface (SBI, earlier MDS), as a client: device services on this computer."""
