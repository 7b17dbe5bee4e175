"""Browsers: they stay signed in by a cookie, and send it whoever's page makes them ask.

The cookie holds the session's refresh token, which no script can read and which stays the same: a browser asks for
several things at once, so that a token for one use would look stolen.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from biometrics.errors import Forbidden

SESSION: Final = "pehchan_session"

_READING: Final = frozenset({"GET", "HEAD"})


def cookie_of(request: Request) -> str | None:
    """Return the cookie of a browser that is signed in, None where there is none.

    Raises:
        Forbidden: another site's page made the browser send a request that changes something.
    """
    cookie = request.cookies.get(SESSION)
    if cookie and request.method not in _READING and not is_own(request):
        raise Forbidden("Another site's page sent this; nothing was done.")
    return cookie or None


def is_own(request: Request) -> bool:
    """Say whether a page of this very host made the browser ask; every browser says so of what is not only read."""
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host")
