"""A typed client of the HTTP API: `from api.client import Client`."""

from __future__ import annotations

from api.client.client import Client as Client
