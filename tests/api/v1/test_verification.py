"""Comparisons with one person, with a few, and of two sets of samples: what is answered, refused and logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from inputs import form, photo_of, print_of
from officers import WHY, Officer, new_key

from api.app import create_app
from api.settings import Settings
from biometrics.kernel.access import Role
from biometrics.use_cases.search.verify import MOST_PEOPLE

V1 = "/api/v1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officer]:
    folder = tmp_path_factory.mktemp("verification")
    with Officer(create_app(Settings(data_folder=folder, database_url="", _env_file=None))) as opened:
        yield opened


@pytest.fixture(scope="module")
def people(client: Officer) -> list[Any]:
    """Return the records of three people: two with a thumb, the last with a photo only."""
    files = [{"right_thumb": print_of(0, "right_thumb", 0)}, {"right_thumb": print_of(1, "right_thumb", 0)}]
    sent = [*files, {"photo": photo_of(1)}]
    data = form(name="Asha") | {"accept_poor_quality": "generated"}
    return [client.post(f"{V1}/enrolments", data=data, files=each).json() for each in sent]


def thumb(person: int, impression: int = 1, field: str = "right_thumb") -> dict[str, bytes]:
    return {field: print_of(person, "right_thumb", impression)}


def entries(client: Officer, action: str) -> list[Any]:
    auditor = {"Authorization": new_key(client.application.state.services.accounts, Role.AUDITOR)}
    listed = client.get(f"{V1}/audit/entries", params={"action": [action]}, headers=auditor).json()["entries"]
    return [entry for entry in listed if entry["case_number"] == "77/2026"]


def test_of_a_few_people_the_right_one_is_named(client: Officer, people: list[Any]) -> None:
    named = [people[0]["id"], people[1]["national_number"], people[2]["id"]]
    data = {"people": named, "case_number": "77/2026"}
    answer = client.post(f"{V1}/verify/people", data=data, files=thumb(1)).json()
    compared = [each["verification"] for each in answer["people"]]
    assert [(each["record"]["id"], each["match"]) for each in compared] == [
        (people[1]["id"], True),
        (people[0]["id"], False),
    ]
    assert [each["id"] for each in answer["not_compared"]] == [people[2]["id"]]
    assert [each["in_this_list"]["people"] for each in answer["people"]] == [2, 2]
    assert compared[0]["target_fmr"] == pytest.approx(0.0005, rel=1e-3)  # so that one of two matches at 0.001
    alone = {"record_id": people[1]["id"]}
    assert client.post(f"{V1}/verify", data=alone, files=thumb(1)).json()["score"] == compared[0]["score"]
    assert {entry["subject_id"] for entry in entries(client, "verification.make")} == {
        each["id"] for each in people[:2]
    }


def test_two_sets_of_samples_are_compared_without_a_record(client: Officer) -> None:
    data = {"case_number": "77/2026"}
    mated = client.post(f"{V1}/compare", data=data, files=thumb(5) | thumb(5, 0, "other_right_thumb")).json()
    strangers = client.post(f"{V1}/compare", data=data, files=thumb(5) | thumb(6, 0, "other_right_thumb")).json()
    assert mated["score"]["decibans"] > 30 > strangers["score"]["decibans"]
    (sample,) = mated["samples"]
    assert (sample["sample"], sample["other"]) == ("right thumb (upload)",) * 2
    logged = entries(client, "verification.compare")
    assert [(entry["subject_id"], len(entry["detail"]["files"])) for entry in logged] == [("", 2)] * 2
    assert client.get(f"{V1}/searches").json()["searches"] == []
    other = client.post(f"{V1}/compare", data=data, files=thumb(5) | {"other_photo": photo_of(0)})
    assert (other.status_code, other.json()["code"]) == (409, "nothing_to_compare")


@pytest.mark.parametrize("path", ["verify", "verify/people", "compare"])
def test_a_comparison_states_its_purpose_and_case(client: Officer, people: list[Any], path: str) -> None:
    fields = {"verify": {"record_id": people[0]["id"]}, "verify/people": {"people": people[0]["id"]}}.get(path, {})
    other = thumb(5, 0, "other_right_thumb") if path == "compare" else {}
    for lacking in WHY:
        answer = client.post(f"{V1}/{path}", data=fields | {lacking: ""}, files=thumb(5) | other)
        assert (answer.status_code, answer.json()["code"]) == (422, "purpose_missing"), answer.text
        assert [fault["field"] for fault in answer.json()["errors"]] == [lacking]


def test_too_many_people_or_one_who_is_not_on_record_are_refused(client: Officer, people: list[Any]) -> None:
    def refused(*named: str) -> tuple[int, str]:
        answer = client.post(f"{V1}/verify/people", data={"people": list(named)}, files=thumb(1))
        return answer.status_code, answer.json()["code"]

    assert refused(*[people[0]["id"]] * (MOST_PEOPLE + 1)) == (422, "invalid_field")
    assert refused(people[0]["id"], "9999999999") == (404, "unknown_record")
    assert refused(people[2]["id"]) == (409, "nothing_to_compare")
