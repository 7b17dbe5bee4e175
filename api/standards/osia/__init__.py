"""OSIA's ABIS interface (ITU-T X.1281), version 1.6.0: see docs/osia.md.

Copyright © Secure Identity Alliance (2022) for the interface that this implements,
https://github.com/SecureIdentityAlliance/osia; the code and its OpenAPI document are this project's own.
"""
