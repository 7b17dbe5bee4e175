"""Somebody who may do everything, and sends requests to every route of every application."""

from __future__ import annotations

from typing import Any

from account_examples import PASSWORD
from fastapi import FastAPI
from fastapi.testclient import TestClient
from officers import new_key
from osia_client import key_of
from surface import RequestParts, Route, routes

from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit, local_operator

V1 = "/api/v1"
LAST = (
    "DELETE /api/v1/me/sessions",
    "POST /api/v1/me/password",
    "POST /app/sign-out",
)  # after them one is not signed in any more
EVERYTHING = frozenset(role for role in Role if not role.is_machine)


class Caller:
    """Sends requests: with a key, and where that is not enough, with the token of somebody who signed in."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.app: FastAPI = client.app  # type: ignore[assignment]
        self.accounts = self.app.state.services.accounts
        self.key = new_key(self.accounts, *EVERYTHING)
        self.program = f"Bearer {key_of(self.accounts)}"
        self.national_index = new_key(self.accounts, Role.NATIONAL_INDEX)
        self.routes = sorted(routes(self.app), key=lambda item: str(item) in LAST)
        self.ids = self._ids()
        self.token = self._token()

    def _token(self) -> str:
        act = local_operator("test")
        _, once = self.accounts.add_user(act, NewUser("a.rao", "A. Rao", EVERYTHING, Unit.of("national")))
        entered = {"login": "a.rao", "password": once, "new_password": PASSWORD}
        answer = self.client.post(f"{V1}/tokens", json=entered)
        return f"Bearer {answer.json()['access_token']}"

    def _ids(self) -> dict[str, str]:
        answer = self.client.post(
            f"{V1}/records", json={"name": "Asha", "state_code": "27"}, headers={"Authorization": self.key}
        )
        record = answer.json()
        return {"record_id": record["id"], "personId": record["national_number"]}

    def proper(self, route: Route) -> RequestParts:
        return route.proper(self.ids)

    def send(self, route: Route, request: RequestParts) -> Any:
        by_program = self.program if route.application in ("/osia", "/mosip") else self.key
        authorization = self.token if route.is_for_people else by_program
        if str(route) == f"GET {V1}/national/changes":
            authorization = self.national_index
        answer = self.client.request(**request.sent(authorization), follow_redirects=False)
        assert answer.status_code < 500, (str(route), request, answer.text)
        return answer
