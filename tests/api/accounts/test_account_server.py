"""A real server, and an operator at its machine: what the command line does holds at once for who is signed in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pyotp
import pytest
from account_examples import PASSWORD
from server import running


def operator(folder: Path, *arguments: str) -> str:
    """Run `pehchan user` in a process of its own, beside the server."""
    command = [Path(sys.executable).with_name("pehchan"), "user", *arguments]
    environment = os.environ | {"PEHCHAN_DATA_FOLDER": str(folder), "COLUMNS": "200"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow  # real processes, six times
def test_an_operator_appoints_and_dismisses_an_administrator(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server, httpx.Client(base_url=server.url, timeout=120) as client:
        chief = ("--name", "Chief", "--role", "administrator", "--unit", "national")
        made = operator(folder, "add", "chief", *chief)
        password = re.search(r"One-time password: (\S+)", made)
        assert password
        first = {"login": "chief", "password": password[1], "new_password": PASSWORD}
        tokens = client.post("/tokens", json=first).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        secret = client.post("/me/totp").json()["secret"]
        code = pyotp.TOTP(secret).at(int(time.time()))
        assert client.post("/me/totp/confirm", json={"code": code}).status_code == 204
        logins = [user["login"] for user in client.get("/users").json()["users"]]
        assert [login for login in logins if not login.startswith("test-")] == ["chief"]

        operator(folder, "add", "second", *chief)
        operator(folder, "disable", "chief")
        refused = client.get("/users")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")

    log = (tmp_path / "server.log").read_text()
    for secret_word in (PASSWORD, password[1], secret, tokens["access_token"], tokens["refresh_token"], "Chief"):
        assert secret_word not in log
