"""Paths at which the parts of the service are mounted, and the URLs of other services."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from biometrics.kernel.errors import InvalidField

API: Final = "/api/v1"
PREFIX: Final = "/app"  # of all pages


def checked_url(url: str) -> str:
    """Return the address of a service without a slash at its end.

    Raises:
        InvalidField: it is not an address, or it is not encrypted (https).
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidField(f"{url!r} is no server; name it as https://HOST.")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise InvalidField("The server's address must begin with https, or the data could be read in transit.")
    return url.strip().rstrip("/")
