"""`pehchan user`, as an operator uses it on the machine."""

from __future__ import annotations

import json
import re

import pytest
from account_examples import OPERATOR
from inputs import Run

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.accounts.changes import AccountChange
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Act, Role, Unit

ADD = ("user", "add", "r.patil", "--name", "SI R. Patil", "--role", "station_officer", "--unit", "27/519/27519004")


def test_an_officer_is_added_shown_moved_and_closed(run: Run) -> None:
    code, output, errors = run(*ADD)
    assert (code, "three days" in errors) == (0, True)
    password = re.search(r"One-time password: ([a-z0-9-]{35})\n", output)
    assert password, output
    assert run(*ADD)[0] == 2
    assert password[1] not in run("user", "show", "r.patil")[1]
    listed = run("user", "list")[1]
    assert re.search(r"r\.patil.*SI R\. Patil.*station_officer.*27/519/27519004.*one-time, until.*no.*open", listed)
    assert "r.patil" not in run("user", "list", "--unit", "29")[1]
    code, output, _ = run("user", "update", "R.Patil", "--role", "examiner", "--role", "supervisor", "--unit", "27")
    assert (code, "examiner, supervisor" in output) == (0, True)
    assert "disabled" in run("user", "disable", "r.patil")[1]
    assert "open" in run("user", "enable", "r.patil")[1]
    again = run("user", "reset-password", "r.patil")[1]
    assert "One-time password: " in again
    assert password[1] not in again
    for command in ("reset-totp", "unlock"):
        assert run("user", command, "r.patil")[0] == 0
    assert run("user", "link", "r.patil", "--subject", "1", "--issuer", "https://id.example")[0] == 0
    assert run("user", "unlink", "r.patil")[0] == 0


def test_a_programs_key_is_made_listed_and_revoked(run: Run) -> None:
    add = run("user", "add", "robot", "--name", "Gate", "--role", "machine_client", "--unit", "27")
    assert (add[0], "One-time" in add[1]) == (0, False)
    code, output, errors = run("user", "key", "add", "robot", "--label", "gate", "--scope", "abis.identify")
    key = output.strip()
    assert (code, key.startswith("pehchan_"), "abis.identify" in errors) == (0, True, True)
    listed = run("user", "key", "list", "robot")[1]
    assert key[:16] in listed
    assert key not in listed
    assert "1 API keys in use" in run("user", "show", "robot")[1]
    assert run("user", "key", "revoke", key[:16])[0] == 0
    assert "0 API keys in use" in run("user", "show", "robot")[1]


def test_the_operator_approves_what_the_only_administrator_requested(run: Run) -> None:
    run("user", "add", "chief", "--name", "Chief", "--role", "administrator", "--unit", "national")
    settings = Settings(_env_file=None)
    with open_store(settings) as store:
        accounts = accounts_of(settings, store)
        act = Act(accounts.users.find(OPERATOR, "chief").actor())
        for login in ("deputy", "other"):
            new = NewUser(login, "Deputy", frozenset({Role.ADMINISTRATOR}), Unit.of("national"))
            accounts.request(act, AccountChange.adding(new))
    requests = json.loads(run("user", "request", "list", "--json")[1])["requests"]
    assert [(request["kind"], request["login"]) for request in requests] == [("add", "deputy"), ("add", "other")]
    code, output, _ = run("user", "request", "approve", requests[0]["id"])
    assert (code, "Second half" in output) == (0, True)
    assert run("user", "request", "withdraw", requests[1]["id"])[0] == 0
    assert run("user", "request", "approve", requests[1]["id"])[0] == 2
    listed = run("user", "list")[1]
    assert ("deputy" in listed, "other" in listed) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["disable", "nobody"], "unknown_account"),
        (["disable", "chief"], "last_administrator"),
        (["update", "chief", "--role", "auditor"], "last_administrator"),
        (["update", "chief", "--unit", "Goa"], "invalid_field"),
        (["add", "Chief", "--name", "X", "--role", "auditor", "--unit", "27"], "login_taken"),
        (["key", "add", "chief", "--label", "x"], "forbidden"),
        (["key", "add", "chief", "--label", "x", "--scope", "pehchan.account.manage"], "invalid_field"),
        (["key", "revoke", "pehchan_"], "unknown_api_key"),
    ],
)
def test_a_mistake_ends_with_a_code_and_a_sentence(run: Run, arguments: list[str], code: str) -> None:
    run("user", "add", "chief", "--name", "Chief", "--role", Role.ADMINISTRATOR, "--unit", "national")
    status, output, errors = run("user", *arguments)
    assert (status, output) == (2, "")
    assert errors.startswith(f"{code}: ")
