"""Field checks: three plain answers, those who are looked for first, and nothing of the probe is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inputs import ENCOUNTER, form, photo_of, print_of
from officers import WHY, Officer, new_key, store_of
from PIL import Image as Pillow
from sqlalchemy import select

from api.app import create_app
from api.settings import Settings
from biometrics.kernel.access import Role
from biometrics.storage.tables.searches import search_probes
from biometrics.storage.tables.watchlist import search_images

V1, CHECKS = "/api/v1", "/api/v1/field-checks"
HERE, SIBLING = "27/519/27519004", "27/519/27519005"
CLEAR, TWICE, UNKNOWN = 0, 1, 5  # generated people: on record once, twice, and not
RECORDED, LOOKALIKE = 91, 92  # whose prints are above the threshold of a search of one person


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officer]:
    folder = tmp_path_factory.mktemp("field")
    settings = Settings(data_folder=folder, database_url="", requests_per_minute=10_000, _env_file=None)
    with Officer(create_app(settings)) as opened:
        yield opened


@pytest.fixture(scope="module")
def people(client: Officer) -> dict[str, str]:
    """Return the ids of records: of one person, and of another who is on record twice, once as wanted."""
    sent = {"once": (CLEAR, "arrest"), "arrested": (TWICE, "arrest"), "wanted": (TWICE, "wanted")}
    ids = {}
    for name, (person, kind) in sent.items():
        data = form(name=name.title()) | {"encounter": json.dumps(ENCOUNTER | {"kind": kind})}
        files = enrolled_prints(person)
        files |= {"photo": photo_of(0)} if name == "once" else {}
        answer = client.post(f"{V1}/enrolments", data=data | {"accept_poor_quality": "generated"}, files=files)
        assert answer.status_code == 201, answer.text
        ids[name] = answer.json()["id"]
    return ids


def by(client: Officer, unit: str = HERE) -> dict[str, str]:
    accounts = client.application.state.services.accounts
    return {"Authorization": new_key(accounts, Role.STATION_OFFICER, unit=unit)}


def enrolled_prints(person: int) -> dict[str, bytes]:
    return {finger: print_of(person, finger, 0) for finger in ("right_thumb", "left_index")}


def prints(person: int, *fingers: str) -> dict[str, bytes]:
    return {finger: print_of(person, finger, 1) for finger in fingers or ("right_thumb", "left_index")}


def check(client: Officer, files: dict[str, bytes], unit: str = HERE, **more: str) -> Any:
    return client.post(CHECKS, data=WHY | more, files=files, headers=by(client, unit)).json()


def as_jpeg(image: Pillow.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def test_a_person_on_record_is_named_with_the_unit_to_call(client: Officer, people: dict[str, str]) -> None:
    answer = check(client, prints(CLEAR))
    assert (answer["answer"], answer["units"]) == ("on_record", [])
    (person,) = answer["people"]
    assert (person["record_id"], person["answer"], person["looked_for"]) == (people["once"], "on_record", [])
    assert person["unit"]["unit"] == HERE
    assert client.get(f"{V1}/samples/{person['photo']}").json()["modality"] == "face"
    assert "decibans" not in json.dumps(answer)


def test_a_stranger_whose_score_one_search_in_fifty_shows_is_possible_only(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, database_url="", requests_per_minute=10_000, _env_file=None)
    with Officer(create_app(settings)) as alone:
        data = form() | {"accept_poor_quality": "generated"}
        assert alone.post(f"{V1}/enrolments", data=data, files=enrolled_prints(RECORDED)).status_code == 201
        assert check(alone, prints(LOOKALIKE))["answer"] == "possible"


def test_a_photo_is_checked_as_prints_are(client: Officer, people: dict[str, str]) -> None:
    answer = check(client, {"photo": photo_of(0)})
    assert [person["record_id"] for person in answer["people"]] == [people["once"]]


def test_of_another_unit_only_whom_to_call_is_answered(client: Officer, people: dict[str, str]) -> None:
    answer = check(client, prints(CLEAR), SIBLING)
    assert (answer["answer"], answer["people"]) == ("possible", [])
    assert [unit["unit"] for unit in answer["units"]] == [HERE]
    assert people["once"] not in json.dumps(answer)
    twice = check(client, prints(TWICE), SIBLING)  # one of the two is wanted there, which is not disclosed
    assert {**twice, "id": 0, "created_at": 0} == {**answer, "id": 0, "created_at": 0}


def test_who_is_not_on_record_is_not_found(client: Officer, people: dict[str, str]) -> None:
    answer = check(client, prints(UNKNOWN))
    assert (answer["answer"], answer["people"], answer["units"]) == ("not_found", [], [])


def test_who_is_looked_for_comes_first_until_nobody_looks_any_more(client: Officer, people: dict[str, str]) -> None:
    def found() -> list[tuple[str, list[str]]]:
        answer = check(client, prints(TWICE))
        assert answer["answer"] == "possible"  # neither of two is well ahead of the other
        return [(person["record_id"], [each["kind"] for each in person["looked_for"]]) for person in answer["people"]]

    assert found() == [(people["wanted"], ["wanted"]), (people["arrested"], [])]
    (standing,) = client.get(f"{V1}/standing-searches").json()["standing"]
    client.post(f"{V1}/standing-searches/{standing['id']}/withdrawal", json={"because": "found"})
    assert sorted(found()) == sorted([(people["arrested"], []), (people["wanted"], [])])


def test_nothing_of_the_probe_is_kept(client: Officer, people: dict[str, str]) -> None:
    officer = by(client)
    check = client.post(CHECKS, data=WHY, files=prints(CLEAR), headers=officer).json()
    with store_of(client).database.reading() as connection:
        for table in (search_probes, search_images):
            assert not connection.execute(select(table).where(table.c.search_id == check["id"])).all()
    search = client.get(f"{V1}/searches/{check['id']}", headers=officer).json()
    assert (search["probes"], search["candidates"][0]["record"]["id"]) == ([], people["once"])
    (line,) = client.get(f"{V1}/searches", params={"mine": True}, headers=officer).json()["searches"]
    assert (line["modalities"], line["files"], line["picture"]) == (["fingerprint"], 2, None)
    replayed = client.post(f"{V1}/searches/{check['id']}/replay", headers=officer)
    assert replayed.json()["code"] == "replay_impossible"
    auditor = {"Authorization": new_key(client.application.state.services.accounts, Role.AUDITOR)}
    entries = client.get(f"{V1}/audit/entries", params={"action": ["search.make"]}, headers=auditor).json()["entries"]
    (entry,) = [entry for entry in entries if entry["subject_id"] == check["id"]]
    assert (entry["detail"]["probes"], entry["detail"]["records"][0]) == (2, people["once"])


def test_what_becomes_a_case_is_searched_with_the_same_samples(client: Officer, people: dict[str, str]) -> None:
    officer, files = by(client), prints(CLEAR)
    check = client.post(CHECKS, data=WHY, files=files, headers=officer).json()
    about = {"record_id": people["once"]}
    refused = client.post(f"{V1}/cases", data=about | {"search_id": check["id"]}, files=files, headers=officer)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field")
    search = client.post(f"{V1}/identify", data=WHY, files=files, headers=officer).json()
    opened = client.post(f"{V1}/cases", data=about | {"search_id": search["id"]}, headers=officer)
    assert opened.status_code == 201, opened.text


def test_other_samples_are_refused_and_nothing_is_stored(client: Officer) -> None:
    finger = Pillow.open(io.BytesIO(print_of(CLEAR, "right_thumb", 1))).convert("L")
    skin = Pillow.merge("RGB", [finger, finger.point(lambda grey: grey * 0.75), finger.point(lambda grey: grey * 0.6)])
    refusals: list[tuple[dict[str, bytes], dict[str, str], str]] = [
        ({}, {}, "no_samples"),
        (prints(CLEAR, "right_thumb", "left_index", "right_index"), {}, "invalid_field"),
        (prints(CLEAR, "right_thumb") | {"photo": photo_of(0)}, {}, "invalid_field"),
        ({"mark": photo_of(0)}, {}, "invalid_field"),
        ({"right_thumb": as_jpeg(skin)}, {}, "contactless_print"),
        (prints(CLEAR, "right_thumb"), {"impression": "6"}, "contactless_print"),
        (prints(CLEAR), {"purpose": ""}, "purpose_missing"),
        (prints(CLEAR), {"case_number": ""}, "purpose_missing"),
    ]
    officer = by(client)
    for files, more, code in refusals:
        answer = client.post(CHECKS, data=WHY | more, files=files, headers=officer)
        assert (answer.status_code, answer.json()["code"]) == (422, code), (list(files), more, answer.text)
    grey = {"right_thumb": as_jpeg(Pillow.merge("RGB", [finger] * 3))}  # of a scanner that writes colours
    assert client.post(CHECKS, data=WHY, files=grey, headers=officer).status_code == 201
    assert len(client.get(f"{V1}/searches", params={"mine": True}, headers=officer).json()["searches"]) == 1


def test_an_officer_makes_so_many_an_hour(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("limit")
    settings = Settings(data_folder=folder, database_url="", field_checks_per_hour=2, _env_file=None)
    with Officer(create_app(settings)) as client:  # of the national bureau, whose searches have no limit
        key = {"Idempotency-Key": "a-check"}
        first = client.post(CHECKS, data=WHY, files=prints(UNKNOWN), headers=key)
        assert first.status_code == 201, first.text
        assert client.post(CHECKS, data=WHY, files=prints(UNKNOWN), headers=key).json() == first.json()
        assert client.post(CHECKS, data=WHY, files=prints(UNKNOWN)).status_code == 201
        refused = client.post(CHECKS, data=WHY, files=prints(UNKNOWN))
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_field_checks")
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
        assert client.post(f"{V1}/identify", files=prints(UNKNOWN)).status_code == 201
        assert client.post(CHECKS, data=WHY, files=prints(UNKNOWN), headers=by(client)).status_code == 201
