"""The application in this process: what commands on the server itself ask, as the local operator.

The routes are those of the server, with the same rights and rules, and so is what carries them out. Models and indexes
are opened when a route needs them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import NoReturn

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.accounts.accounts import Accounts
from api.accounts.factory import accounts_of
from api.accounts.values import Recognised, local_caller
from api.bootstrap.engine_on_demand import engine_on_demand
from api.bootstrap.likelihood import likelihood_scales
from api.client.client import Client
from api.http import errors
from api.http.authentication import check_declared
from api.http.mounting import NO_BUILT_IN_TELEMETRY, shared_routes
from api.http.paths import API
from api.http.spooling import spooled_in
from api.itl.table import TransactionTable
from api.operations.work_queue import Work
from api.settings import Settings
from api.v1.national_calls import national_calls_of
from biometrics.kernel.errors import InvalidField
from biometrics.matching.likelihood import LikelihoodScale
from biometrics.storage import commits
from biometrics.use_cases.engine.engine import Engine

ADDRESS = "local"  # of the local operator in the audit log


@contextmanager
def local_client(settings: Settings, user: str, *routes: str) -> Iterator[Client]:
    """Open this station's records, and return a client that calls routes as the local operator.

    `user` is their account of the operating system, `routes` are the modules of `api.v1` that are needed: importing all
    takes seconds. None named: all.
    """
    with engine_on_demand(settings) as engine, spooled_in(settings.data_folder):
        index = national_calls_of(settings)
        engine = replace(engine, ask_states=index.search if index else None)
        app = _application(LocalServices(settings, engine), routes)
        with httpx.Client(base_url=f"http://{ADDRESS}{API}", transport=InProcess(app, local_caller(user))) as http:
            yield Client.over(http)


class LocalServices:
    """What the routes of commands are answered with: the parts of `api.services.Services` that they use."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self.engine = engine
        self.work = Work(settings.work_at_once, settings.work_waiting, settings.work_wait_seconds, 1)

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse a request that takes what only a running server has, such as its tasks."""
        raise InvalidField("Only a running server answers this request: name it with --server.")

    @property
    def time_zone(self) -> str:
        """The time zone of times on papers."""
        return self._settings.time_zone

    @cached_property
    def accounts(self) -> Accounts:
        """Sign-in, sessions, API keys."""
        return accounts_of(self._settings, self.engine.store)

    @cached_property
    def itl_table(self) -> TransactionTable:
        """The table of ANSI/NIST-ITL transactions."""
        return TransactionTable.load(self._settings.itl_table, self._settings.itl_interpol_table)

    @cached_property
    def likelihood_scales(self) -> Mapping[str, LikelihoodScale]:
        """The scales by the digest of their model."""
        return likelihood_scales(self._settings.calibration_folder)


class InProcess(httpx.BaseTransport):
    """Sends requests to an application in this process, for a caller that it recognises without a credential."""

    def __init__(self, app: ASGIApp, caller: Recognised) -> None:
        self._app = app
        self._caller = caller
        self._runner = asyncio.Runner()
        self._transport = httpx.ASGITransport(self._recognised, raise_app_exceptions=False, client=(ADDRESS, 0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return the whole answer."""
        return self._runner.run(self._exchange(request))

    def close(self) -> None:
        """Close the event loop."""
        self._runner.close()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

    async def _recognised(self, scope: Scope, receive: Receive, send: Send) -> None:
        commits.watch()  # so that an error does not claim that nothing was stored where something was
        await self._app({**scope, "state": {"recognised": self._caller}}, receive, send)


def _application(services: LocalServices, routes: Sequence[str]) -> FastAPI:
    """Make an application with some of the routes of `api.app`."""
    app = FastAPI(telemetry=NO_BUILT_IN_TELEMETRY, openapi_url=None)
    errors.install(app)
    names = [f"api.v1.{name}" for name in routes]
    routers = [import_module(name).router for name in names] or import_module("api.v1.routers").ROUTERS
    app.router.routes.extend(shared_routes(*routers, prefix=API))
    check_declared(app)
    app.state.services = services
    return app
