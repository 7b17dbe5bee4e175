"""What administrators set and look at beside accounts: units, and the installation itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from account_examples import OPERATOR, PASSWORD
from inputs import form, print_of
from officers import Officer

from api.app import create_app
from api.bootstrap.store import audit_log_of
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.audit.reader import EntryQuery
from biometrics.kernel.access import Role, Unit
from biometrics.storage.audit.log import Action

V1 = "/api/v1"
COLABA = {"unit": "27/519/27519004", "name": "Colaba", "telephone": "+91 22 2222 2222"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officer]:
    settings = Settings(data_folder=tmp_path_factory.mktemp("data"), totp_required=False, _env_file=None)
    with Officer(create_app(settings)) as opened:
        yield opened


@pytest.fixture(scope="module")
def admin(client: Officer) -> dict[str, str]:
    new = NewUser("district.admin", "A. Rao", frozenset({Role.ADMINISTRATOR}), Unit.of("27/519"))
    _, once = client.application.state.services.accounts.add_user(OPERATOR, new)
    entered = {"login": new.login, "password": once, "new_password": PASSWORD}
    return {"Authorization": f"Bearer {client.post(f'{V1}/tokens', json=entered).json()['access_token']}"}


def set_office(client: Officer, header: dict[str, str], **changed: str) -> httpx.Response:
    return client.put(f"{V1}/units", json=COLABA | changed, headers=header)


def test_an_administrator_names_the_units_below_their_own(client: Officer, admin: dict[str, str]) -> None:
    answer = set_office(client, admin).json()
    assert answer.items() >= (COLABA | {"level": "police station"}).items()
    assert set_office(client, admin, name="Colaba PS").status_code == 200
    assert set_office(client, admin, unit="27/519", name="Mumbai city").status_code == 200
    listed = client.get(f"{V1}/units", headers=admin).json()
    assert [(unit["unit"], unit["name"]) for unit in listed["units"]] == [
        ("27/519", "Mumbai city"),
        ("27/519/27519004", "Colaba PS"),
    ]
    first = client.get(f"{V1}/units", params={"limit": 1}, headers=admin).json()
    rest = client.get(f"{V1}/units", params={"limit": 1, "after": first["next"]}, headers=admin).json()
    assert [unit["unit"] for unit in (*first["units"], *rest["units"])] == ["27/519", "27/519/27519004"]
    assert rest["next"] is None


def test_naming_a_unit_twice_is_one_entry_of_the_audit_log(client: Officer, admin: dict[str, str]) -> None:
    def entries() -> int:
        log = audit_log_of(client.application.state.services.engine.store)
        return len(log.find(OPERATOR, EntryQuery("27/519/7", action=Action.UNIT_SET)).items)

    for _ in range(2):
        assert set_office(client, admin, unit="27/519/7").status_code == 200
    assert entries() == 1
    assert set_office(client, admin, unit="27/519/7", telephone="").status_code == 200
    assert entries() == 2


@pytest.mark.parametrize("unit", ["27", "27/520", "27/51", "national"])
def test_units_elsewhere_are_refused(client: Officer, admin: dict[str, str], unit: str) -> None:
    answers = [set_office(client, admin, unit=unit), client.get(f"{V1}/units", params={"below": unit}, headers=admin)]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "out_of_jurisdiction")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"unit": "27//1"}, "invalid_field"),
        ({"telephone": "call me"}, "invalid_field"),
        ({"name": " "}, "invalid_field"),
        ({"level": "bureau"}, "unknown_field"),
    ],
)
def test_a_unit_that_cannot_be_is_refused(
    client: Officer, admin: dict[str, str], changed: dict[str, str], code: str
) -> None:
    answer = set_office(client, admin, **changed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_system_answer_describes_the_installation_and_no_person(client: Officer, admin: dict[str, str]) -> None:
    enrolled = client.post(
        f"{V1}/enrolments", data=form(name="Asha Verma"), files={"right_thumb": print_of(0, "right_thumb", 0)}
    )
    assert enrolled.status_code == 201
    answer = client.get(f"{V1}/system", headers=admin)
    system: dict[str, Any] = answer.json()
    assert set(system["checks"].values()) == {"ok"}
    assert system["database"]["kind"] == "SQLite"
    prints = next(modality for modality in system["recognition"] if modality["modality"] == "fingerprint")
    assert (prints["templates"], prints["lag"], len(prints["calibration"])) == (1, 0, 64)
    assert {"leader", "yunet", "sface"} <= {model["name"] for model in system["models"]}
    assert all(model["licence"] and len(model["sha256"]) == 64 for model in system["models"])
    assert "numpy" in system["software"]
    text = json.dumps(system)
    assert not [secret for secret in ("Asha", "Rao", "master_key", "pehchan.db") if secret in text]
