"""Signing in and out, the phone's codes, and the language."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.values import EnteredCredentials
from api.http import cookies
from api.http.authentication import (
    AccountsDependency,
    RecognisedDependency,
    ThrottledAddress,
    for_everybody,
    needs_sign_in,
)
from api.http.csrf import require_same_origin, session_name
from api.http.errors import details_of, status_of
from api.http.paths import PREFIX
from api.localisation.languages import NAMES
from api.services import services_of
from api.v1.accounts_schemas import TYPED
from api.web.pages import PagesDependency
from biometrics.kernel.errors import AccountLocked, NotFound, Unauthenticated, WeakPassword

router = APIRouter()

Typed = Annotated[str, Form(max_length=TYPED)]
HOME = f"{PREFIX}/"


@router.get("/sign-in", dependencies=[for_everybody()])
def show_sign_in(pages: PagesDependency, request: Request, next: str = HOME) -> Response:  # noqa: A002 - in the address
    """Show the form to sign in by."""
    return pages.show("sign_in.html", next=_own_page(next), problem=None, login="", provider=_has_provider(request))


@router.post("/sign-in", dependencies=[for_everybody()])
def sign_in(
    pages: PagesDependency,
    request: Request,
    accounts: AccountsDependency,
    address: ThrottledAddress,
    login: Typed = "",
    password: Typed = "",
    code: Typed = "",
    new_password: Typed = "",
    paper_code: Typed = "",
    next: Annotated[str, Form(max_length=TYPED)] = HOME,  # noqa: A002
) -> Response:
    """Begin a session, or show the form again with what was missing."""
    require_same_origin(request)
    device = request.cookies.get(cookies.DEVICE, "")
    try:
        tokens = accounts.sign_in(EnteredCredentials(login, password, code, new_password, device, paper_code), address)
    except (Unauthenticated, AccountLocked, WeakPassword) as error:
        return pages.show(
            "sign_in.html",
            status_of(type(error)),
            next=_own_page(next),
            problem=details_of(error),
            login=login,
            provider=_has_provider(request),
        )
    answer = RedirectResponse(f"{PREFIX}/phone" if tokens.must_enrol_totp else _own_page(next), 303)
    cookies.sign_in(request, answer, tokens)
    return answer


@router.post("/sign-out", dependencies=[for_everybody()])
def sign_out(request: Request, accounts: AccountsDependency, address: ThrottledAddress) -> Response:
    """End the session."""
    require_same_origin(request)
    accounts.revoke(request.cookies.get(session_name(request), ""), address)
    answer = RedirectResponse(f"{PREFIX}/sign-in", 303)
    cookies.sign_out(request, answer)
    return answer


@router.get("/phone", dependencies=[needs_sign_in(person=True, unfinished=True)])
def show_phone(pages: PagesDependency) -> Response:
    """Say how codes are turned on, or that they are."""
    return pages.show("phone.html", secret=None, picture=None)


@router.post("/phone", dependencies=[needs_sign_in(person=True, unfinished=True)])
def offer_phone(pages: PagesDependency, me: RecognisedDependency, accounts: AccountsDependency) -> Response:
    """Show a new secret, as text and as what a phone's camera reads."""
    secret, uri = accounts.offer_totp(me)
    picture = segno.make(uri, error="m").svg_data_uri(scale=5, border=4)
    return pages.show("phone.html", secret=secret, picture=picture)


@router.post("/language/{code}", dependencies=[for_everybody()])
def choose_language(
    code: str,
    request: Request,
    next: Annotated[str, Form(max_length=TYPED)] = HOME,  # noqa: A002
) -> Response:
    """Go on in another language."""
    if code not in NAMES:
        raise NotFound("There are no pages in this language.")
    answer = RedirectResponse(_own_page(next), 303)
    cookies.choose_language(request, answer, code)
    return answer


def _own_page(address: str) -> str:
    """Return the address if it is a page of this site, else the home page."""
    parts = urlsplit(address)
    is_ours = not parts.scheme and not parts.netloc and address.startswith(HOME) and "\\" not in address
    return address if is_ours else HOME


def _has_provider(request: Request) -> bool:
    return services_of(request).provider is not None
