"""The cookies of the pages: who is signed in, which client it is, and in which language it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import Request, Response

from api.accounts.values import Tokens
from api.http.csrf import session_name
from api.localisation.languages import Language, chosen

DEVICE: Final = "pehchan_device"  # lets a known client sign in whatever strangers try (docs/accounts.md)
LANGUAGE: Final = "pehchan_language"

_YEAR: Final = int(timedelta(days=365).total_seconds())


def sign_in(request: Request, response: Response, tokens: Tokens) -> None:
    """Have the browser stay signed in, until it is closed or the session ends."""
    _set(request, response, session_name(request), tokens.refresh)
    if tokens.device:
        _set(request, response, DEVICE, tokens.device, _YEAR)


def sign_out(request: Request, response: Response) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(session_name(request), secure=request.url.scheme == "https")


def language_of(request: Request) -> Language:
    """Return the reader's language: the chosen one, else the browser's."""
    return chosen(request.cookies.get(LANGUAGE), request.headers.get("accept-language", ""))


def choose_language(request: Request, response: Response, code: str) -> None:
    """Have the browser remember a language."""
    _set(request, response, LANGUAGE, code, _YEAR)


def _set(request: Request, response: Response, name: str, value: str, seconds: int | None = None) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="lax")
