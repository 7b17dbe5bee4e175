"""The demo's front page: a visitor chooses a role and is signed in, on this machine only.

No other server has these routes: `pehchan demo` adds them to its own application, together with the passwords that
it has just given its accounts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount

from api.accounts.accounts import Accounts
from api.accounts.values import EnteredCredentials, Tokens
from api.demo.people import recognises_marks
from api.demo.tour import STEPS, shown_step
from api.http import cookies
from api.http.authentication import AccountsDependency, ThrottledAddress, address_of, check_declared, for_everybody
from api.http.csrf import require_same_origin
from api.http.paths import PREFIX
from api.http.response_headers import DefaultHeaders
from api.localisation.translatable import N_
from api.services import services_of
from api.web import errors
from api.web.headers import HEADERS
from api.web.pages import PagesDependency
from biometrics.kernel.access import Role
from biometrics.kernel.errors import Forbidden, NotFound

PAGE: Final = f"{PREFIX}/demo/"
PRINT: Final = "right_thumb.png"
TATTOO: Final = "tattoo.png"
FILES: Final = (PRINT, "street.jpg", "left_eye.png", "right_palm.png", TATTOO)
TOUR: Final = "pehchan_demo_tour"  # the name of a cookie: the step that the visitor is at
TOKEN: Final = "pehchan_demo"  # noqa: S105 - the name of a cookie
TOKEN_LENGTH: Final = 100
_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo; a visitor who takes it begins at `start`, a path below `PREFIX`."""

    login: str
    name: str
    role: Role
    start: str
    work: str


PARTS: Final = (
    DemoAccount(
        "officer", "SI R. Patil", Role.STATION_OFFICER, "/search", N_("Enrols people and searches by print or photo")
    ),
    DemoAccount("examiner", "A. Deshmukh", Role.EXAMINER, "/cases", N_("Compares prints and decides cases")),
    DemoAccount(
        "second", "S. Kulkarni", Role.EXAMINER, "/cases", N_("Examines the same case without seeing the first opinion")
    ),
    DemoAccount(
        "supervisor", "DSP M. Joshi", Role.SUPERVISOR, "/cases", N_("Resolves conflicts and reads the reports")
    ),
    DemoAccount(
        "clerk",
        "HC V. Shinde",
        Role.RECORDS_CLERK,
        "/records",
        N_("Corrects and merges records, enters court decisions"),
    ),
    DemoAccount("auditor", "N. Rao", Role.AUDITOR, "/audit", N_("Reads who did what, and why")),
    DemoAccount("admin", "K. Iyer", Role.ADMINISTRATOR, "/users", N_("Adds accounts and gives rights")),
)
_BY_LOGIN: Final = {part.login: part for part in PARTS}

# One more thing to try where the installation recognises marks.
TATTOO_STEP: Final = N_(
    "Search with the tattoo: choose it as a scar, mark or tattoo, and enter any case number. "
    "Among the records, look for lotus, trishul or tiger under marks on the body."
)


@dataclass
class Visitors:
    """The demo's accounts by login, with their one-time passwords, each replaced when its part is first taken."""

    one_time: Mapping[str, str]
    _passwords: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def sign_in(self, accounts: Accounts, login: str, address: str) -> Tokens:
        """Begin a session of an account of the demo."""
        with self._lock:
            if login in self._passwords:
                return accounts.sign_in(EnteredCredentials(login, self._passwords[login]), address)
            password = secrets.token_urlsafe(24)
            tokens = accounts.sign_in(EnteredCredentials(login, self.one_time[login], new_password=password), address)
            self._passwords[login] = password
            return tokens


def add_visitors(
    app: FastAPI, one_time: Mapping[str, str], folder: Path, token: str, is_seeding: Callable[[], bool]
) -> None:
    """Add the demo's front page to an application; `folder` holds FILES, with which a visitor searches.

    `is_seeding` says whether invented people are still being enrolled.
    Its address has the `token`, which only the terminal of the demo shows: a proxy on this machine may pass on requests
    of other machines. The browser then keeps it in a cookie.
    """
    visitors = Visitors(one_time)
    dependencies = [Depends(_refuse_other_machines), Depends(partial(_require_token, token))]
    demo = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=dependencies)
    demo.state = app.state
    router = APIRouter()

    @router.get("/", dependencies=[for_everybody()])
    def show_parts(
        pages: PagesDependency, request: Request, token: Annotated[str, Query(max_length=TOKEN_LENGTH)] = ""
    ) -> Response:
        """Show the parts that a visitor can take, and the tour."""
        if token:  # out of the address, where others may read it
            redirect = RedirectResponse(PAGE, 303)
            redirect.set_cookie(TOKEN, token, httponly=True, samesite="strict", path=PAGE)
            return redirect
        return pages.show(
            "demo.html",
            parts=PARTS,
            steps=STEPS,
            files=_files(),
            tattoo=TATTOO_STEP if recognises_marks() else "",
            enrolled=services_of(request).engine.store.counts().records,
            is_seeding=is_seeding(),
        )

    @router.post("/parts/{login}", dependencies=[for_everybody()])
    def take_part(login: str, request: Request, accounts: AccountsDependency, address: ThrottledAddress) -> Response:
        """Sign the visitor in as one of the parts; a tour ends."""
        require_same_origin(request)
        part = _BY_LOGIN.get(login)
        if part is None:
            raise NotFound("The demo has no such part.")
        answer = RedirectResponse(PREFIX + part.start, 303)
        cookies.sign_in(request, answer, visitors.sign_in(accounts, login, address))
        answer.delete_cookie(TOUR, path=PAGE)
        return answer

    @router.post("/tour/{number}", dependencies=[for_everybody()])
    def go_on(number: int, request: Request, accounts: AccountsDependency, address: ThrottledAddress) -> Response:
        """Lead the visitor to a step of the tour, as the part whose work it shows; 0 leaves the tour."""
        require_same_origin(request)
        if not number:
            left = RedirectResponse(PAGE, 303)
            left.delete_cookie(TOUR, path=PAGE)
            return left
        if not 1 <= number <= len(STEPS):
            raise NotFound("The tour has no such step.")
        step = STEPS[number - 1]
        answer = RedirectResponse(PREFIX + step.start, 303)
        cookies.sign_in(request, answer, visitors.sign_in(accounts, step.login, address))
        _keep_step(answer, number)
        return answer

    @router.get("/tour", dependencies=[for_everybody()])
    def show_bubble(
        pages: PagesDependency, request: Request, at: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        """Return the bubble of the step that the visitor is at, for the page at the path `at`; empty without a tour."""
        path = at.removeprefix(PREFIX)
        number = shown_step(request.cookies.get(TOUR, ""), path)
        if not number:
            return Response(status_code=204)
        step = STEPS[number - 1]
        name = _BY_LOGIN[step.login].name
        following = _BY_LOGIN[STEPS[number].login].name if number < len(STEPS) else ""
        bubble = pages.show(
            "demo_bubble.html",
            step=step,
            text=step.text_at(path),
            number=number,
            count=len(STEPS),
            name=name,
            following=following,
            tour=f"{PAGE}tour",
            files=f"{PAGE}files/",
        )
        _keep_step(bubble, number)
        return bubble

    @router.get("/files/{name}", dependencies=[for_everybody()])
    def give_file(name: str) -> Response:
        """Return a file to search with."""
        if name not in _files():
            raise NotFound("The demo has no such file.")
        return FileResponse(folder / name, filename=name)

    demo.include_router(router)
    errors.install(demo)
    check_declared(demo)
    demo.add_middleware(DefaultHeaders, headers=HEADERS)
    app.router.routes.insert(0, Mount(PAGE.rstrip("/"), demo))  # before the pages, which have all of PREFIX


def _keep_step(answer: Response, number: int) -> None:
    answer.set_cookie(TOUR, str(number), httponly=True, samesite="strict", path=PAGE)


def _files() -> tuple[str, ...]:
    return FILES if recognises_marks() else FILES[:-1]


def _refuse_other_machines(request: Request) -> None:
    """Refuse what does not come from this machine, also where another site's name was made to lead here."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if not _is_loopback(address_of(request)) or host not in _HOSTS:
        raise Forbidden("The demo is for this machine only.")


def _require_token(token: str, request: Request) -> None:
    """Refuse a visitor who does not have the address that the demo printed in its terminal."""
    sent_token = request.query_params.get("token") or request.cookies.get(TOKEN, "")
    if not secrets.compare_digest(sent_token.encode(), token.encode()):
        raise Forbidden("Open the demo by the address that its terminal shows.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
