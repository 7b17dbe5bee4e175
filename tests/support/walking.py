"""Walks every route of every application, as somebody who may do everything or as anybody else.

Whatever is sent, no answer is a fault of the service, none may be kept by a browser or a proxy, and those of our own
routes are documented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import documented
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from officers import new_key
from osia_client import key_of
from surface import RequestParts, Route, routes

from api.http.paths import PREFIX
from biometrics.kernel.access import Role

V1 = "/api/v1"
# After them one is not signed in any more.
LAST = ("DELETE /api/v1/me/sessions", "POST /api/v1/me/password", "POST /app/sign-out")
EVERYTHING = tuple(role for role in Role if not role.is_machine)

# Of what is tried on each route, one is tried in the first tier, a third in the second, and all at night.
BY_TIER = pytest.mark.parametrize(
    "every",
    [
        pytest.param(0, id="one a route", marks=pytest.mark.essential),
        pytest.param(3, id="a third", marks=pytest.mark.slow),
        pytest.param(1, id="all", marks=pytest.mark.reach),
    ],
)
T = TypeVar("T")


def chosen(items: Sequence[T], number: int, every: int) -> Sequence[T]:
    """Return one of the items if `every` is 0, else every so-many-th; others for another number of a route."""
    if not items or every:
        return items[number % (every or 1) :: every or 1]
    return (items[number % len(items)],)


class Walker:
    """Sends requests to the routes of an application that runs."""

    def __init__(self, running: TestClient) -> None:
        self.app: FastAPI = running.app  # type: ignore[assignment]
        self.client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        self.client.portal = running.portal
        self.accounts = self.app.state.services.accounts
        self.key = new_key(self.accounts, *EVERYTHING)
        self.program = f"Bearer {key_of(self.accounts)}"
        self.national_index = new_key(self.accounts, Role.NATIONAL_INDEX)
        self.routes = routes(self.app)
        self.own = [route for route in self.routes if route.application == ""]
        self.ids = self._ids()

    def _ids(self) -> dict[str, str]:
        sent = {"name": "Asha", "state_code": "27"}
        answer = self.client.post(f"{V1}/records", json=sent, headers={"Authorization": self.key})
        record = answer.json()
        return {"record_id": record["id"], "personId": record["national_number"]}

    def route(self, name: str) -> Route:
        return next(route for route in self.routes if str(route) == name)

    def proper(self, route: Route) -> RequestParts:
        return route.proper(self.ids)

    def bare(self, route: Route) -> RequestParts:
        """Return a request without a body."""
        return replace(self.proper(route), form=None, body=None)

    def send(self, route: Route, request: RequestParts, authorization: str | None = None) -> Any:
        """Send a request as whoever may, or with another Authorization header; it is no fault of the service."""
        answer = self.ask(route, **request.sent(self.authorization(route) if authorization is None else authorization))
        assert answer.status_code < 500, (str(route), request, answer.text)
        return answer

    def send_bytes(self, route: Route, content: bytes, authorization: str) -> Any:
        """Send a body of the usual type: a form to a page, else JSON, as from a page of the service's own."""
        is_page = route.application == PREFIX
        media_type = "application/x-www-form-urlencoded" if is_page else "application/json"
        headers = {"Authorization": authorization, "Origin": "http://testserver", "Content-Type": media_type}
        return self.ask(route, method=route.method, url=self.proper(route).path, content=content, headers=headers)

    def ask(self, route: Route, **sent: Any) -> Any:
        answer = self.client.request(**sent)
        assert answer.headers.get("cache-control") == "no-store", (str(route), sent, answer.status_code)
        if route.application == "":
            documented.check(self.app, route.method, answer.request.url.path, answer)
        return answer

    def authorization(self, route: Route) -> str:
        """Return the Authorization header of whoever may."""
        if str(route) in LAST:
            return new_key(self.accounts, *EVERYTHING)
        if str(route) == f"GET {V1}/national/changes":
            return self.national_index
        return self.key if route.application in ("", PREFIX) else self.program
