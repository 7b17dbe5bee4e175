"""The application in the process of a command: the local operator, whom nothing that comes over a network becomes."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from inputs import Run
from officers import PATIENCE
from serving import served

from api.app import create_app
from api.client.in_process import local_client
from api.settings import Settings
from api.v1.accounts_schemas import UserPageOut
from biometrics.kernel.errors import Forbidden, Unauthenticated, UnknownRecord

OPERATOR = f"local:{getpass.getuser()}"
ROUTES = ("/records", "/users", "/cases", "/audit/entries", "/me")
CLAIMS: list[dict[str, str]] = [
    {},
    {"Authorization": f"Bearer {OPERATOR}"},
    {"Authorization": OPERATOR},
    {"Cookie": f"pehchan_session={OPERATOR}"},
    {"X-Forwarded-For": "local", "Host": "local"},
    {"Pehchan-Account": OPERATOR, "Recognised": OPERATOR, "State": f'{{"recognised": "{OPERATOR}"}}'},
    {"From": OPERATOR, "X-Remote-User": OPERATOR, "Remote-User": getpass.getuser(), "X-Request-Id": OPERATOR},
]


def test_no_request_over_the_network_becomes_the_local_operator(tmp_path: Path) -> None:
    app = create_app(Settings(data_folder=tmp_path, sign_ins_per_minute=1000, _env_file=None))
    with served(app) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=PATIENCE) as client:
        for claim in CLAIMS:
            for route in ROUTES:
                assert client.get(route, headers=claim).status_code == 401, (claim, route)
        for login in (OPERATOR, getpass.getuser()):
            assert client.post("/tokens", json={"login": login, "password": ""}).status_code in (401, 422)
        # Not even from the address that the local operator's acts have in the audit log.
        near = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("local", 0)), base_url="http://local")
        assert asyncio.run(near.get("/api/v1/records")).status_code == 401


def test_a_command_acts_and_is_audited_as_the_local_operator(run: Run) -> None:
    assert run("unit", "add", "27", "--name", "SCRB")[0] == 0
    (entry,) = json.loads(run("audit", "list", "--action", "unit.set", "--json")[1])["entries"]
    assert (entry["actor_id"], entry["address"], entry["credential"]) == (OPERATOR, "local", "")


def test_the_routes_hold_the_local_operator_to_their_rules(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, _env_file=None)
    new = {"login": "r.patil", "name": "R. Patil", "roles": ["examiner"], "unit": "27"}
    with local_client(settings, getpass.getuser(), "users", "me", "records") as client:
        with pytest.raises(Forbidden):
            client.answer("POST", "users", json=new)
        assert client.send(UserPageOut, "GET", "users").users == []
        with pytest.raises(Unauthenticated):
            client.answer("POST", "me", "totp")
        with pytest.raises(UnknownRecord):
            client.record("nobody")


def test_a_command_on_records_opens_no_model(tmp_path: Path) -> None:
    program = [Path(sys.executable), "-X", "importtime", "-c", "from api.cli.app import main; main()"]
    environment = os.environ | {"PEHCHAN_DATA_FOLDER": str(tmp_path / "data")}
    done = subprocess.run(
        [*program, "record", "list"], cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "fastapi" in imported
    assert imported & {"fingerprint.recogniser", "face.recogniser", "index", "onnxruntime", "numba", "uvicorn"} == set()
