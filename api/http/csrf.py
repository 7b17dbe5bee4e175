"""Browsers: they stay signed in by a cookie, which they send with requests from any site's page.

The cookie holds the session's refresh token, which no script can read and which stays the same: a browser asks for
several things at once, so that a token for one use would look stolen.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from biometrics.kernel.errors import Forbidden, Unauthenticated

SESSION: Final = "pehchan_session"
SECURE_SESSION: Final = f"__Host-{SESSION}"  # over TLS: no other host of the domain can set it (RFC 6265bis)
ACCOUNT: Final = "Pehchan-Account"  # a header: the id of the account that a page was made for

_PORTS: Final = {"http": 80, "https": 443}
_READING: Final = frozenset({"GET", "HEAD"})


def cookie_of(request: Request) -> str | None:
    """Return the cookie of a browser that is signed in, None where there is none.

    Raises:
        Forbidden: another site's page made the browser send a request that changes something.
    """
    cookie = request.cookies.get(session_name(request))
    if cookie and request.method not in _READING:
        require_same_origin(request)
    return cookie or None


def session_name(request: Request) -> str:
    """Return the name of the cookie of a session, by how the browser came."""
    return SECURE_SESSION if request.url.scheme == "https" else SESSION


def check_account(request: Request, user_id: str) -> None:
    """Refuse a request of a page that was made for another account than the cookie's.

    All pages of a browser share its cookie. A page that is still open would otherwise act for the account that
    signed in last.

    Raises:
        Unauthenticated: the page belongs to another account.
    """
    if request.headers.get(ACCOUNT, user_id) != user_id:
        raise Unauthenticated("Another account is signed in in this browser now; nothing was done. Sign in again.")


def require_same_origin(request: Request) -> None:
    """Refuse a request that no page of this very origin sent; see `is_same_origin`.

    Raises:
        Forbidden: another site's page sent it, or no page at all.
    """
    if not is_same_origin(request):
        raise Forbidden("Another site's page sent this; nothing was done.")


def is_same_origin(request: Request) -> bool:
    """Return whether a page of this very origin sent a request; browsers send `Origin` with all writing requests.

    Scheme, host and port are compared (RFC 6454). Behind a proxy they are what it passes on as Host and
    X-Forwarded-Proto.
    """
    origin = _origin(request.headers.get("origin", ""))
    return origin is not None and origin == _origin(f"{request.url.scheme}://{request.headers.get('host', '')}")


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of a URL; None for what is no origin of a web page."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname.lower(), port) if parts.hostname else None
