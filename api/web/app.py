"""The application of the pages, mounted next to the others, with its own errors."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from api.http.authentication import check_declared
from api.http.mounting import application_in, shared_routes
from api.http.paths import PREFIX
from api.http.response_headers import DefaultHeaders
from api.localisation.languages import NAMES, language
from api.web import errors
from api.web.headers import FILE_HEADERS, HEADERS
from api.web.pages import address
from api.web.problems import sentences
from api.web.routes import (
    account,
    audit,
    cases,
    clearances,
    compare,
    design,
    enrol,
    field,
    find,
    guides,
    home,
    latent,
    lineups,
    marks,
    notifications,
    offline,
    reconciliation,
    record_changes,
    records,
    reports,
    retention,
    search,
    sign_in,
    standing,
    subscriptions,
    system,
    units,
    unsolved,
    users,
    verify,
)
from api.web.static_files import FOR_GOOD, STATIC, StaticPageFiles

_ROUTES: Final = shared_routes(
    sign_in.router,
    home.router,
    field.router,
    find.router,
    guides.router,
    offline.router,
    account.router,
    enrol.router,
    audit.router,
    cases.router,
    compare.router,
    notifications.router,
    record_changes.router,
    records.router,
    reports.router,
    retention.router,
    search.router,
    standing.router,
    clearances.router,
    subscriptions.router,
    latent.router,
    lineups.router,
    marks.router,
    design.router,
    system.router,
    units.router,
    unsolved.router,
    reconciliation.router,
    users.router,
    verify.router,
)


def create_web(parent: FastAPI, telemetry: Any) -> FastAPI:
    """Make the application; it shares the state of the one that it is mounted in."""
    app = application_in(parent, telemetry, FastAPI, openapi_url=None, docs_url=None, redoc_url=None)
    errors.install(app)
    app.router.routes.extend(_ROUTES)
    check_declared(app)
    release = address("").removeprefix(PREFIX).rstrip("/")
    app.router.routes.append(Route(f"{release}/problems.{{language}}.json", _tell_sentences))
    app.router.routes.append(Mount(release, StaticPageFiles(directory=STATIC)))
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(DefaultHeaders, headers=HEADERS, of_files=FILE_HEADERS)
    return app


def front_door() -> Route:
    """Return the route that leads from the host's own address to the pages."""
    return Route("/", lambda _: RedirectResponse(f"{PREFIX}/", 303))


def _tell_sentences(request: Request) -> Response:
    """Answer with the sentences for errors; a script requests them with the first error, since most pages have none."""
    code = request.path_params["language"]
    if code not in NAMES:
        raise HTTPException(404)
    return JSONResponse(sentences(language(code)), headers={"Cache-Control": FOR_GOOD})
