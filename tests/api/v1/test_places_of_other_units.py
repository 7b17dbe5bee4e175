"""Nobody files an encounter, a record or a national number at another unit's place, whatever brings it in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from acting import HERE
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, Run, photo_of, print_of
from made_up_transactions import taking_poor_prints
from officers import new_key
from osia_client import serving, settings_of
from serving import served

from biometrics.kernel.access import Role
from biometrics.records.store import RecordStore

V1 = "/api/v1"
PLACES = {
    "the own station": {},
    "another station": {"station_code": "27519010"},
    "another district": {"district_code": "520", "station_code": "27520001"},
    "another state": {"state_code": "28", "district_code": "519", "station_code": "28519004"},
    "a district by itself": {"station_code": ""},
}
REASON = {"accept_poor_quality": "generated"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    data = tmp_path_factory.mktemp("data")
    with serving(settings_of(data, "", check_at_once=False, itl_table=taking_poor_prints(data))) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(client: TestClient) -> dict[str, str]:
    """Return the header of a program of HERE's."""
    return {"Authorization": new_key(cast(FastAPI, client.app).state.services.accounts, Role.MACHINE_CLIENT, unit=HERE)}


def people(client: TestClient) -> int:
    store: RecordStore = cast(FastAPI, client.app).state.services.engine.store.as_system("a test")
    return store.record_count()


def test_each_item_of_a_batch_is_checked_by_its_own_place(client: TestClient, desk: dict[str, str]) -> None:
    def item(key: str, record: dict[str, Any], place: dict[str, str]) -> dict[str, Any]:
        visit = ENCOUNTER | {"fir_number": f"{len(key)}/2026"} | place
        return {"key": key, "record": {"name": key} | record, "encounter": visit, "samples": [], **REASON} | {
            "samples": [{"file": 0, "position": 1}]
        }

    items = [item(name.replace(" ", "-"), {}, place) for name, place in PLACES.items()]
    items.append(item("a-number-of-another-state", {"national_number": "2899999999"}, {}))
    before = people(client)
    files = {"files": print_of(0, "right_thumb", 0)}
    answer = client.post(f"{V1}/batches", data={"items": json.dumps(items)}, files=files, headers=desk)
    results = {item["key"]: item for item in map(json.loads, answer.text.splitlines())}
    assert results.pop("the-own-station")["status"] == 201
    assert results.pop("a-district-by-itself")["status"] in (403, 422)
    assert {(result["status"], result["problem"]["code"]) for result in results.values()} == {
        (403, "out_of_jurisdiction")
    }
    assert len(results) == 4
    assert people(client) == before + 1


def folder(path: Path, place: dict[str, str], number: int) -> Path:
    path.mkdir(parents=True)
    (path / "photo.png").write_bytes(photo_of(number % 2))
    visit = ENCOUNTER | {"fir_number": f"{number}/2026"} | place
    (path / "person.json").write_text(json.dumps({"record": {"name": path.name}, "encounter": visit}))
    return path


def test_only_the_item_of_a_queue_for_another_place_is_refused(
    client: TestClient, desk: dict[str, str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [PLACES["another district"], PLACES["the own station"], PLACES["another state"]]
    folders = [folder(tmp_path / "people" / str(number), place, number) for number, place in enumerate(places)]
    before = people(client)
    with served(client.app, lifespan="off") as url:
        monkeypatch.setenv("PEHCHAN_SERVER_URL", url)
        monkeypatch.setenv("PEHCHAN_SERVER_KEY", desk["Authorization"].removeprefix("Bearer "))
        assert run("queue", "add", "--unchecked", *folders)[0] == 0
        assert run("queue", "send")[:2] == (2, "1 taken, 2 not\n")
    listed = json.loads(run("queue", "list", "--json")[1])
    assert [item["state"] for item in listed] == ["refused", "taken", "refused"]
    codes = {item["answer"]["problem"]["code"] for item in listed if item["state"] == "refused"}
    assert codes == {"out_of_jurisdiction"}
    assert people(client) == before + 1


def test_an_import_files_everywhere_and_refuses_only_an_invalid_place(run: Run, tmp_path: Path) -> None:
    """Whoever runs it is the local operator, of the national bureau; a place that breaks its rule stops no other."""
    places = [PLACES["the own station"], PLACES["another state"], {"state_code": "2"}, {"district_code": ""}]
    for number, place in enumerate(places):
        folder(tmp_path / "people" / str(number), place, number)
    code, output, errors = run("import", tmp_path / "people", "--rejects", tmp_path / "report.csv")
    assert code == 2, (output, errors)
    with (tmp_path / "report.csv").open(newline="") as report:
        rows = list(csv.DictReader(report))
    assert [row["code"] for row in rows] == ["invalid_field", "invalid_field"]
    result = json.loads(run("record", "show", "2800000001", "--json")[1])
    assert result["encounters"][0]["state_code"] == "28"
    assert json.loads(run("record", "show", "2700000001", "--json")[1])["name"] == "0"
