"""A supervisor assigns a case over HTTP; people comment on it."""

from __future__ import annotations

from itertools import count

from examiners import FINGERS, caller, enrolled_twice
from fastapi.testclient import TestClient
from inputs import print_of

from biometrics.kernel.access import Role

_person = count(710)  # generated people that no other test has


def test_an_assigned_case_is_the_examiners(client: TestClient) -> None:
    case = f"/cases/{enrolled_twice(client, next(_person))}"
    supervisor, stranger = caller(client, Role.SUPERVISOR), caller(client, Role.SUPERVISOR)
    examiner, other = caller(client, name="A. Rao"), caller(client, name="B. Rao")
    mine, theirs = (call("GET", "/me").json()["user"]["id"] for call in (examiner, other))
    refused = {
        caller(client, Role.STATION_OFFICER)("GET", "/me").json()["user"]["id"],
        caller(client, unit="09")("GET", "/me").json()["user"]["id"],
        "nobody",
    }
    listed = {one["id"] for one in supervisor("GET", f"{case}/examiners").json()}
    assert {mine, theirs} <= listed
    assert not listed & refused
    for account in refused:
        answer = supervisor("POST", f"{case}/assignment", json={"examiner": account})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_account")
    assert examiner("POST", f"{case}/assignment", json={"examiner": theirs}).status_code == 403
    given = supervisor("POST", f"{case}/assignment", json={"examiner": mine}).json()
    assert (given["worked_on_by"], given["worked_on_by_name"], given["part"]) == (mine, "A. Rao", None)
    assert stranger("GET", case).json()["worked_on_by"] is None
    assert [each["about"] in case for each in examiner("GET", "/notifications").json()["notifications"]] == [True]
    assert len(examiner("GET", "/cases", params={"mine": True}).json()["cases"]) == 1
    assert len(supervisor("GET", "/cases", params={"assigned": True}).json()["cases"]) == 1
    assert stranger("GET", "/cases", params={"assigned": True}).json()["cases"] == []
    assert supervisor("POST", f"{case}/assignment", json={"examiner": theirs}).json()["worked_on_by"] == theirs
    assert (examiner("GET", case).json()["part"], other("GET", case).json()["part"]) == (None, "examiner")
    assert other("POST", f"{case}/give-back").status_code == 200
    assert supervisor("POST", f"{case}/take").json()["code"] == "not_independent"


def test_an_examiner_who_knows_the_result_is_not_assigned_the_case(client: TestClient) -> None:
    """They would be asked for a blind opinion; a supervisor who comments and knows it is not read by examiners."""
    person = next(_person)
    case = f"/cases/{enrolled_twice(client, person)}"
    supervisor, knows = caller(client, Role.SUPERVISOR), caller(client, Role.SUPERVISOR)
    purpose = {"purpose": "investigation", "case_number": "1/2026"}
    probe = {FINGERS[0]: ("a.png", print_of(person, FINGERS[0], 1))}  # the file of the case
    searched = knows("POST", "/identify", data=purpose, files=probe)
    assert searched.status_code == 201, searched.text
    known = knows("GET", "/me").json()["user"]["id"]
    answer = supervisor("POST", f"{case}/assignment", json={"examiner": known})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_independent")
    examiner = caller(client)
    for call, text in ((knows, "It is him."), (supervisor, "By Friday, please.")):
        assert call("POST", f"{case}/comments", json={"text": text}).status_code == 201
    taken = examiner("POST", f"{case}/take").json()
    assert [each["text"] for each in taken["comments"]] == ["By Friday, please."]
