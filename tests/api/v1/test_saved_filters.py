"""Filters of the list of records that an account saves."""

from __future__ import annotations

import pytest
from examiners import caller
from fastapi.testclient import TestClient

from biometrics.accounts.saved_filters import MOST
from biometrics.kernel.access import Role

PATH = "/me/record-filters"


def test_a_saved_filter_is_its_owners_alone_and_lists_what_the_list_shows(client: TestClient) -> None:
    owner, colleague = (caller(client, Role.STATION_OFFICER) for _ in range(2))
    conditions = {"sex": "female", "birth_year": 1980, "enrolled_by": "me"}
    saved = owner("POST", PATH, json={"name": " Women of 1980 ", "conditions": conditions})
    assert saved.status_code == 201, saved.text
    expected = {"sex": "female", "birth_year": "1980", "enrolled_by": "me"}
    assert (saved.json()["name"], saved.json()["conditions"]) == ("Women of 1980", expected)
    assert owner("GET", "/records", params=saved.json()["conditions"]).json()["records"] == []
    assert owner("GET", PATH).json()["filters"] == [saved.json()]
    assert colleague("GET", PATH).json()["filters"] == []
    own = f"{PATH}/{saved.json()['id']}"
    assert colleague("DELETE", own).status_code == 204
    assert owner("GET", PATH).json()["filters"] == [saved.json()]
    for _ in range(2):  # the second time there is nothing to remove
        assert owner("DELETE", own).status_code == 204
    assert owner("GET", PATH).json()["filters"] == []


def test_a_filter_takes_the_place_of_one_of_its_name_and_their_number_is_bounded(client: TestClient) -> None:
    owner = caller(client, Role.STATION_OFFICER)
    for number in (*range(MOST), 0):
        new = {"name": f"Born in {number}", "conditions": {"birth_year": 1900 + number}}
        assert owner("POST", PATH, json=new).status_code == 201
    assert len(owner("GET", PATH).json()["filters"]) == MOST
    refused = owner("POST", PATH, json={"name": "one more", "conditions": {"sex": "male"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field")


@pytest.mark.parametrize(
    ("conditions", "code"),
    [({}, "invalid_field"), ({"name": "Asha"}, "unknown_field"), ({"fir_number": "1/2026"}, "unknown_field")],
)
def test_a_filter_without_conditions_or_about_one_person_is_refused(
    client: TestClient, conditions: dict[str, str], code: str
) -> None:
    refused = caller(client, Role.STATION_OFFICER)("POST", PATH, json={"name": "x", "conditions": conditions})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
