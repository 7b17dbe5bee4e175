"""Where the parts of the service are mounted."""

from __future__ import annotations

from typing import Final

API: Final = "/api/v1"
PREFIX: Final = "/app"  # of all pages
