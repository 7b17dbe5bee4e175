"""The application of the interface, mounted next to the API, with its own errors and OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI

from api.http.authentication import check_declared
from api.http.mounting import application_in, shared_routes
from api.operations.outbound import OutboundClient
from api.settings import Settings
from api.standards.common.service import Abis
from api.standards.osia import errors, galleries_routes, persons_routes, searches_routes, tasks_routes
from api.standards.osia.context import OsiaApplication
from biometrics.kernel.access import Unit
from biometrics.use_cases.engine.engine import Engine

DESCRIPTION = """
The ABIS interface of OSIA (ITU-T X.1281), version 1.6.0, as Pehchan offers it: docs/osia.md says how its words are
understood. Scores are in decibans of false match. This document is Pehchan's own; the interface is
Copyright © Secure Identity Alliance (2022), https://github.com/SecureIdentityAlliance/osia.
"""

_ROUTES: Final = shared_routes(
    persons_routes.router, searches_routes.router, galleries_routes.router, tasks_routes.router
)


def create_osia(parent: FastAPI, version: str, telemetry: Any) -> OsiaApplication:
    """Make the application; it shares the state of the one that it is mounted in."""
    app = application_in(
        parent,
        telemetry,
        OsiaApplication,
        title="Pehchan: OSIA ABIS",
        version=version,
        description=DESCRIPTION,
        redirect_slashes=False,
    )
    errors.install(app)
    app.router.routes.extend(_ROUTES)
    check_declared(app)
    app.openapi = _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Return what makes the OpenAPI document: FastAPI's, without the 422 that it adds to every operation."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        for path in document["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        return document

    return openapi


def service_of(settings: Settings, engine: Engine) -> Abis:
    """Return what the interface works on."""
    outbound = OutboundClient.of(settings.osia_hosts, settings.osia_networks, settings.osia_timeout_seconds)
    return Abis(engine, outbound, Unit.of(settings.osia_station), settings.osia_purpose)
