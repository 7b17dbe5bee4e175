"""The HTTP application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api import errors
from api.accounts.opening import accounts_of, provider_of
from api.accounts.throttle import Throttle
from api.limits import BodyLimit
from api.routes import api_keys, clerk, health, me, oidc, records, samples, searches, tokens, users, verification
from api.settings import Settings
from api.wiring import open_engine

DESCRIPTION = """
Open biometric identification for police work. Enrol people's fingerprints and photos on criminal records, search by
print or photo, and get back ranked records with scores in **decibans of false match**: 40 means that one non-mated
comparison in 10,000 scores this high.

Images: PNG, JPEG, TIFF, BMP, JPEG 2000, WSQ or PGM. Every error is an RFC 9457 problem with a stable `code`.
"""


def create_app(settings: Settings) -> FastAPI:
    """Make the application; the database, the models and the indexes are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_engine(settings) as engine:
            engine.store.sweep()  # image files that a crash left behind
            app.state.engine = engine
            app.state.accounts = accounts_of(settings, engine.store)
            app.state.accounts.sessions.sweep()
            yield

    app = FastAPI(
        title="Pehchan",
        version=version("pehchan"),
        description=DESCRIPTION,
        lifespan=lifespan,
        responses=errors.RESPONSES,
    )
    app.state.provider = provider_of(settings)
    app.state.client_throttle = Throttle(settings.sign_ins_per_minute)
    app.state.account_throttle = Throttle(settings.requests_per_minute)
    app.add_middleware(BodyLimit)
    errors.install(app)
    for routes in (records, clerk, searches, verification, samples, tokens, oidc, me, users, api_keys, health):
        app.include_router(routes.router, prefix="/api/v1")
    return app
