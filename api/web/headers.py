"""Headers of every answer of the pages."""

from __future__ import annotations

from typing import Final

from api.http.response_headers import NO_STORE

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",  # chosen files, before they are sent, and the QR code
        "media-src 'self' blob:",  # the camera
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

# Of scripts, styles and pictures, which are no documents.
FILE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all, browsers send forms with "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    **NO_STORE,  # pages show people; what may be kept says so itself
}


def policy_with_scanner(port: int) -> str:
    """Return the policy of a page that may also connect to the scanner's bridge on the reader's own computer."""
    return POLICY.replace("connect-src 'self'", f"connect-src 'self' ws://127.0.0.1:{port}")
