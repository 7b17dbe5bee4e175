"""Every route x role x inside or outside the unit does what the table in docs/routes.md says."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, form, print_of
from officers import WHY, Officer, new_key
from routes_table import PAGE, page, rows

from api.app import create_app
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit, local_operator

V1 = "/api/v1"
HERE, ELSEWHERE = "27/519", "28/1"
PASSWORD = "seven lamps by the river"
NOTHING = "00000000-0000-4000-8000-000000000000"
THUMB = {"right_thumb": ("a.png", print_of(0, "right_thumb", 1))}
LAST = f"DELETE {V1}/me/sessions"  # after it one is not signed in any more

# What is sent to routes whose jurisdiction is asked for only of a proper request; all else is asked without a body.
PROPER: dict[str, dict[str, Any]] = {
    f"PATCH {V1}/records/{{record_id}}": {"json": {"birth_year": 1990}, "headers": {"If-Match": '"1"'}},
    f"POST {V1}/records/{{record_id}}/encounters": {
        "data": {"encounter": json.dumps(ENCOUNTER | {"state_code": "28", "district_code": "1", "station_code": "2"})},
        "files": THUMB,
    },
    f"POST {V1}/enrolments": {"data": form(), "files": THUMB},
    f"POST {V1}/records": {"json": {"name": "Asha Verma", "state_code": "27"}},
    f"PATCH {V1}/encounters/{{encounter_id}}": {"json": {"place": "Pune"}, "headers": {"If-Match": '"1"'}},
    f"POST {V1}/encounters/{{encounter_id}}/outcomes": {
        "json": {"event": "decision", "date": "2026-02-01", "court": "Sessions Court", "verdict": "discharged"}
    },
    f"POST {V1}/encounters/{{encounter_id}}/outcomes/{{outcome_id}}/withdrawal": {"json": {"because": "another man"}},
    f"POST {V1}/encounters/{{encounter_id}}/links": {"json": {"to_id": NOTHING, "kind": "same_case"}},
    f"POST {V1}/records/{{record_id}}/merges": {
        "json": {"other_id": NOTHING, "reason": "one person"},
        "headers": {"If-Match": '"1"'},
    },
    f"POST {V1}/encounters/{{encounter_id}}/moves": {
        "json": {"to_id": NOTHING, "reason": "another person's"},
        "headers": {"If-Match": '"1"'},
    },
    f"POST {V1}/encounters/{{encounter_id}}/retention-orders": {
        "json": {"kind": "hold", "authority": "Magistrate", "reference": "1", "date": "2026-02-01"}
    },
    f"POST {V1}/verify": {"data": {"record_id": "{record_id}"}, "files": THUMB},
    f"POST {V1}/identify": {"data": WHY, "files": THUMB},
    f"POST {V1}/searches/{{search_id}}/comparisons": {"data": {"sample_id": "1"}},
    f"POST {V1}/searches/{{search_id}}/retention-orders": {
        "json": {"kind": "hold", "authority": "Magistrate", "reference": "1", "date": "2026-02-01"}
    },
}

# Inside, these are asked without a body: they would change what is asked for.
CHANGING = tuple(
    route for route in PROPER if route.startswith("PATCH") or route.endswith(("/encounters", "/merges", "/moves"))
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officer]:
    settings = Settings(
        data_folder=tmp_path_factory.mktemp("data"),
        totp_required=False,
        sign_ins_per_minute=10_000,
        requests_per_minute=100_000,
        _env_file=None,
    )
    with Officer(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(client: Officer) -> dict[str, str]:
    """A record of HERE, its encounter and sample, and a search made there."""
    record = client.post(f"{V1}/enrolments", data=form(), files={"right_thumb": print_of(0, "right_thumb", 0)}).json()
    encounter = record["encounters"][0]
    examiner = {"Authorization": new_key(client.application.state.services.accounts, Role.EXAMINER, unit=HERE)}
    search = client.post(f"{V1}/identify", files=THUMB, headers=examiner).json()["id"]
    sample = str(encounter["samples"][0]["id"])
    ids = {"record_id": record["id"], "encounter_id": encounter["id"], "sample_id": sample, "search_id": search}
    return ids | {"probe_number": "0"}


def header_of(client: Officer, role: Role, unit: str) -> dict[str, str]:
    """Sign somebody of a role in; a program has a key."""
    accounts = client.application.state.services.accounts
    if role.is_machine:
        return {"Authorization": new_key(accounts, role, unit=unit)}
    login = f"test-{uuid.uuid4().hex[:12]}"
    _, once = accounts.add_user(local_operator("test"), NewUser(login, "R. Patil", frozenset({role}), Unit.of(unit)))
    entered = {"login": login, "password": once, "new_password": PASSWORD}
    answer = TestClient.post(client, f"{V1}/tokens", json=entered)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def ask(client: Officer, route: str, ids: dict[str, str], header: dict[str, str], proper: bool = False) -> Any:
    method, _, path = route.partition(" ")
    sent: dict[str, Any] = dict(PROPER.get(route, {})) if proper else {}
    if data := sent.get("data"):
        sent["data"] = {name: value.replace("{record_id}", ids["record_id"]) for name, value in data.items()}
    sent["headers"] = sent.get("headers", {}) | header
    filled = re.sub(r"{(\w+)}", lambda name: ids.get(name[1], NOTHING), path)
    return TestClient.request(client, method, filled, **sent)


def test_the_table_is_that_of_the_routes(client: Officer) -> None:
    """`scripts/routes` writes it."""
    assert PAGE.read_text() == page(client.application)


@pytest.mark.essential
@pytest.mark.parametrize("role", Role)
def test_each_role_is_let_through_where_the_table_says_so(client: Officer, ids: dict[str, str], role: Role) -> None:
    """Asked inside the unit: whoever may not is refused as such, and nobody else."""
    header = header_of(client, role, HERE)
    for row in sorted(rows(client.application), key=lambda row: row.route == LAST):
        if row.needs != "nothing":
            route = row.route
            answer = ask(client, route, ids, header)
            refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
            assert answer.status_code != 401, route
            assert answer.status_code < 500, (route, answer.text)
            assert refused == (role not in row.roles), (route, answer.text)


def test_outside_the_unit_each_route_answers_as_the_table_says(client: Officer, ids: dict[str, str]) -> None:
    """Asked by a role that may, for what another unit keeps; and inside, the same is not refused."""
    headers: dict[tuple[Role, str], dict[str, str]] = {}
    for row in rows(client.application):
        route, outside = row.route, row.elsewhere
        if outside in ("", "403", "404"):
            if not outside or not row.roles:
                continue
            role = row.roles[0]
            for unit in (HERE, ELSEWHERE):
                headers.setdefault((role, unit), header_of(client, role, unit))
            answer = ask(client, route, ids, headers[role, ELSEWHERE], proper=True)
            codes = {"403": ("out_of_jurisdiction",), "404": ("unknown_sample", "not_found", "unknown_case")}
            assert str(answer.status_code) == outside, (route, answer.text)
            assert answer.json()["code"] in codes[outside], (route, answer.text)
            inside = ask(client, route, ids, headers[role, HERE], proper=route not in CHANGING)
            assert inside.status_code != 403, (route, inside.text)
            assert outside != "404" or inside.status_code == 200, (route, inside.text)
        else:
            assert outside in ("left out", "hits only", "own unit", "own account", "per scope", "per item"), route


def test_lists_leave_out_and_searches_withhold_what_another_unit_keeps(client: Officer, ids: dict[str, str]) -> None:
    elsewhere = {row.route: row.elsewhere for row in rows(client.application)}
    assert elsewhere[f"GET {V1}/records"] == "left out"
    assert elsewhere[f"POST {V1}/identify"] == "hits only"
    header = {"Authorization": new_key(client.application.state.services.accounts, Role.EXAMINER, unit=ELSEWHERE)}
    assert ask(client, f"GET {V1}/records", ids, header).json()["records"] == []
    result = ask(client, f"POST {V1}/identify", ids, header, proper=True)
    assert ids["record_id"] not in result.text
    assert result.json()["candidates"][0]["elsewhere"]["unit"] == "27/519/27519004"
