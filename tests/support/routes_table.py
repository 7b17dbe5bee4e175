"""Writes docs/routes.md: the scopes of the roles, which scope each route needs, and how it answers about another unit.

usage: routes_table.py

What a route needs is what it declares; how it answers about another unit is ELSEWHERE, which the authorisation matrix
(tests/api/http/test_authorisation_matrix.py) tries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fastapi import FastAPI

from api.app import create_app
from api.http.authentication import Needs, Public, declarations
from api.settings import Settings
from biometrics.accounts.model import scopes_of
from biometrics.kernel.access import Role, Scope

PAGE: Final = Path(__file__).parents[2] / "docs" / "routes.md"
V1: Final = "/api/v1"

# How routes answer for data that another unit or account keeps; those that are absent have none.
ELSEWHERE: Final = {
    "403": (
        "POST /enrolments",
        "POST /records",
        "POST /records/{record_id}/encounters",
        "GET /records/{record_id}",
        "PATCH /records/{record_id}",
        "GET /records/{record_id}/history",
        "PATCH /encounters/{encounter_id}",
        "GET /encounters/{encounter_id}/history",
        "POST /encounters/{encounter_id}/outcomes",
        "POST /encounters/{encounter_id}/outcomes/{outcome_id}/withdrawal",
        "POST /encounters/{encounter_id}/links",
        "POST /records/{record_id}/merges",
        "POST /encounters/{encounter_id}/moves",
        "GET /records/{record_id}/provenance",
        "GET /searches/{search_id}",
        "GET /records/{record_id}/searches",
        "POST /searches/{search_id}/replay",
        "GET /searches/{search_id}/probes/{probe_number}/image",
        "GET /searches/{search_id}/probes/{probe_number}/rendering",
        "POST /searches/{search_id}/retention-orders",
        "POST /searches/{search_id}/authorisation",
        "POST /searches/{search_id}/comparisons",
        "POST /subscriptions",
        "GET /national/references/{reference}",
        "POST /clearances",
        "POST /verify",
        "POST /verify/people",
        "GET /records/{record_id}/retention",
        "GET /records/{record_id}/encounters/{encounter_id}/fingerprint-slip",
        "GET /records/{record_id}/encounters/{encounter_id}/receipt",
        "POST /encounters/{encounter_id}/retention-orders",
    ),
    "per item": ("POST /batches",),
    "left out": (
        "GET /records",
        "GET /find",
        "GET /searches",
        "GET /retention/due",
        "POST /retention/run",
        "GET /expungements",
        "GET /cases",
        "GET /standing-searches",
        "GET /reconciliation",
        "GET /subscriptions",
        "GET /linked-offences",
        "GET /clearances",
        "GET /audit/entries",
    ),
    "own unit": (
        "GET /audit/breach-report",
        "GET /national/changes",
        "POST /national/searches",
        "GET /account-requests",
        "POST /account-requests/{request_id}/approve",
        "DELETE /account-requests/{request_id}",
        "POST /merges/{merge_id}/undo",
        "POST /moves/{move_id}/undo",
        "GET /reports/counts",
        "GET /reports/quality",
        "GET /reports/register",
        "GET /reports/searches",
        "GET /reports/turnaround",
        "GET /reports/transparency",
        "GET /expungements/{expungement_id}",
        "GET /expungements/{expungement_id}/notice",
        "POST /cases",
        "GET /cases/{case_id}",
        "POST /cases/{case_id}/take",
        "POST /cases/{case_id}/give-back",
        "GET /cases/{case_id}/examiners",
        "POST /cases/{case_id}/assignment",
        "POST /cases/{case_id}/comments",
        "POST /cases/{case_id}/analyses",
        "GET /cases/{case_id}/working-marks",
        "PUT /cases/{case_id}/working-marks",
        "POST /cases/{case_id}/opinions",
        "POST /cases/{case_id}/withdrawal",
        "GET /cases/{case_id}/images",
        "GET /cases/{case_id}/thumbnail",
        "GET /cases/{case_id}/images/{name}",
        "GET /cases/{case_id}/images/{name}/rendering",
        "GET /cases/{case_id}/images/{name}/marks",
        "GET /cases/{case_id}/comparisons/{probe_name}/{candidate_name}",
        "GET /cases/{case_id}/report",
        "GET /standing-searches/{standing_id}",
        "POST /standing-searches/{standing_id}/withdrawal",
        "GET /unsolved-latents/{standing_id}",
        "POST /unsolved-latents/{standing_id}/links/{link_id}/case",
        "GET /clearances/{clearance_id}",
        "GET /clearances/{clearance_id}/certificate",
        "POST /clearances/{clearance_id}/decision",
        "POST /clearances/{clearance_id}/withdrawal",
        "POST /clearances/{clearance_id}/revocation",
        "GET /subscriptions/{subscription_id}",
        "GET /marks",
        "POST /lineups",
        "GET /lineups",
        "GET /lineups/{lineup_id}",
        "GET /lineups/{lineup_id}/fillers",
        "PUT /lineups/{lineup_id}/photos/{ordinal}",
        "GET /lineups/{lineup_id}/photos/{ordinal}",
        "POST /lineups/{lineup_id}/ready",
        "POST /lineups/{lineup_id}/viewings",
        "GET /lineups/{lineup_id}/viewings/{viewing}/photos/{position}",
        "POST /lineups/{lineup_id}/viewings/{viewing}/answers",
        "POST /lineups/{lineup_id}/viewings/{viewing}/end",
        "POST /lineups/{lineup_id}/close",
        "GET /lineups/{lineup_id}/report",
        "GET /lineups/{lineup_id}/key",
        "POST /subscriptions/{subscription_id}/end",
        "GET /notifications",
        "POST /notifications/{number}/read",
        "GET /users",
        "POST /users",
        "GET /users/{user}",
        "PATCH /users/{user}",
        "POST /users/{user}/disable",
        "POST /users/{user}/enable",
        "POST /users/{user}/unlock",
        "POST /users/{user}/password-reset",
        "POST /users/{user}/totp-reset",
        "PUT /users/{user}/identity",
        "DELETE /users/{user}/identity",
        "GET /units",
        "PUT /units",
        "GET /api-keys",
        "POST /api-keys",
        "DELETE /api-keys/{key}",
    ),
    "hits only": (
        "GET /unsolved-latents",
        "POST /identify",
        "POST /identify/group",
        "POST /identify/latent",
        "POST /field-checks",
    ),
    "404": (
        "GET /samples/{sample_id}",
        "GET /samples/{sample_id}/image",
        "GET /samples/{sample_id}/rendering",
    ),
    "per scope": ("POST /itl/transactions",),
    "own account": (
        "GET /me/record-filters",
        "POST /me/record-filters",
        "DELETE /me/record-filters/{filter_id}",
        "GET /tasks",
        "GET /tasks/{task_id}",
        "GET /tasks/{task_id}/response",
        "GET /tasks/{task_id}/events",
        "DELETE /tasks/{task_id}",
        "POST /webhooks",
        "GET /webhooks",
        "GET /webhooks/{webhook_id}",
        "DELETE /webhooks/{webhook_id}",
        "POST /webhooks/{webhook_id}/test",
        "GET /webhooks/{webhook_id}/deliveries",
        "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    ),
}

HEADER: Final = """# Routes and roles

`scripts/routes` writes this page from what the routes declare; a test tries each route with each role, inside and
outside the unit. The application does not start if a route declares nothing.

| scope | roles |
|---|---|
"""

ROUTES: Final = """
Where *a person* is needed, an API key is never enough.

How a route answers for data that another unit keeps:

- `403`: refused; `404`: as if it did not exist; *left out*: missing from the list;
- *hits only*: as [described here](security.md#what-a-unit-can-learn-of-another-units-people);
- *own unit*: only that unit and those below it; *own account*: only what the account made;
- *per scope*: a transaction needs the scopes of what it requests; *per item*: items are accepted or refused one by one.

Routes by what they need.
"""


@dataclass(frozen=True)
class Row:
    """A route with its method, what it needs in words, who may call it, and how it answers about another unit."""

    route: str
    needs: str
    roles: tuple[Role, ...]
    elsewhere: str


def rows(app: FastAPI) -> list[Row]:
    """Return the routes of an application."""
    elsewhere = {route: answer for answer, routes in ELSEWHERE.items() for route in routes}
    listed = []
    for method, path, declared in declarations(app):
        route = f"{method} {path.removeprefix(V1)}"
        assert declared is not None, f"{route} declares nothing"
        roles = tuple(role for role in Role if _may(role, declared))
        listed.append(Row(f"{method} {path}", needed(declared), roles, elsewhere.pop(route, "")))
    assert not elsewhere, f"there are no such routes: {sorted(elsewhere)}"
    return listed


def page(app: FastAPI) -> str:
    """Return the page of an application."""
    held = {scope: [role.value.replace("_", " ") for role in Role if scope in scopes_of([role])] for scope in Scope}
    scopes = "".join(f"| `{scope}` | {', '.join(roles)} |\n" for scope, roles in held.items())
    return HEADER + scopes + ROUTES + "".join(_grouped(rows(app)))


def _grouped(listed: list[Row]) -> Iterator[str]:
    """Yield the lines of the routes, by what they need and how they answer about another unit."""
    for needs in dict.fromkeys(row.needs for row in listed):
        yield f"\n### {needs[:1].upper()}{needs[1:]}\n\n"
        alike = [row for row in listed if row.needs == needs]
        for elsewhere in dict.fromkeys(row.elsewhere for row in alike):
            paths: dict[str, list[str]] = {}
            for method, path in (row.route.split(" ") for row in alike if row.elsewhere == elsewhere):
                paths.setdefault(method, []).append(f"`{path.removeprefix(V1)}`")
            routes = "; ".join(f"{method} {', '.join(of_method)}" for method, of_method in paths.items())
            yield f"- {f'*{elsewhere}*: ' if elsewhere else ''}{routes}\n"


def needed(declared: Needs | Public) -> str:
    """Return what a route needs, in words."""
    if isinstance(declared, Public):
        return "nothing"
    scopes = " and ".join(f"`{scope}`" for scope in declared.scopes) or "signing in"
    return f"{scopes}, a person" if declared.person else scopes


def _may(role: Role, declared: Needs | Public) -> bool:
    if isinstance(declared, Public):
        return True
    if declared.person and role.is_machine:
        return False
    return set(declared.scopes) <= scopes_of([role])


def application(folder: Path) -> FastAPI:
    """Return the application with its usual settings."""
    return create_app(Settings(data_folder=folder, _env_file=None))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        PAGE.write_text(page(application(Path(folder))))
