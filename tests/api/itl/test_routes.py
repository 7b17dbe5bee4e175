"""Transactions over HTTP: files in and out, problem details for what is malformed, scopes for what is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from account_examples import OPERATOR, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from made_up_transactions import file, fingerprint, record, text

from api.accounts.accounts import Accounts
from biometrics import itl
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.recognition.capture import FingerPosition

PATH = "/api/v1/itl/transactions"
Post = Callable[..., Any]


@pytest.fixture(scope="module")
def post(client: TestClient) -> Post:
    """Return a way to post a file with the API key of a gateway, or of somebody with another role."""
    accounts = cast(Accounts, cast(FastAPI, client.app).state.services.accounts)
    keys: dict[Role, str] = {}
    for role in (Role.MACHINE_CLIENT, Role.AUDITOR):
        user, _ = accounts.add_user(OPERATOR, NewUser(f"itl.{role}", "Gateway", frozenset({role}), Unit("27")))
        made = NewApiKey("itl", timedelta(1))
        keys[role] = accounts.add_key(OPERATOR, user.id, made)[1] if user.is_machine else token_of(accounts, user.id)

    def send(content: bytes, role: Role | None = Role.MACHINE_CLIENT) -> Any:
        headers = {"Authorization": f"Bearer {keys[role]}"} if role else {"Authorization": ""}
        return client.post(PATH, content=content, headers=headers | {"Content-Type": "application/octet-stream"})

    return send


def generated(impression: int, finger: int = 1) -> itl.ItlRecord:
    content = print_of(3, FingerPosition(finger).name.lower(), impression)
    image = decode(content)
    return fingerprint(1, finger, content, (image.width, image.height))


def in_xml(content: bytes) -> bytes:
    return itl.serialise(itl.parse(content), itl.Encoding.XML)


def test_a_booking_and_a_search_go_in_and_out_as_files(post: Post) -> None:
    words = text(f9="31/2026", f18="VERMA, ASHA", f73="27519004")
    booked = post(file("CAR", words, generated(0)))
    assert (booked.status_code, booked.headers["content-type"]) == (200, "application/octet-stream")
    assert booked.headers["x-transaction-type"] in ("SRE", "ERRT")
    first, message = itl.parse(booked.content)
    assert first.text(4) == "SRE", message.text(60)
    result = post(file("TPIS", text(f9="32/2026"), generated(1)))
    assert re.fullmatch(r'</api/v1/searches/[0-9a-f-]{36}>; rel="related"', result.headers["link"])
    assert itl.parse(result.content)[1].items(64)[0] == [message.text(14), "ASHA VERMA"]


def test_a_booking_and_a_search_in_xml_are_those_of_the_traditional_file(post: Post) -> None:
    words = {"f9": "33/2026", "f18": "RAO, MEERA", "f22": "19880314", "f73": "27519004"}
    booked = post(in_xml(file("CNA", text(**words), generated(0, finger=2))))
    assert (booked.status_code, booked.headers["content-type"]) == (200, "application/xml")
    assert 'filename="answer.xml"' in booked.headers["content-disposition"]
    assert itl.encoding_of(booked.content) is itl.Encoding.XML
    first, message = itl.parse(booked.content)
    assert (first.text(4), booked.headers["x-transaction-type"]) == ("SRE", "SRE"), message.text(60)
    request = file("TPIS", text(**words), generated(1, finger=2))
    answers = [itl.parse(post(content).content) for content in (request, in_xml(request.replace(b"TCN-", b"TCX-")))]
    assert answers[0][1].items(64)[0] == [message.text(14), "MEERA RAO"]
    for number in (14, 59, 64, 74, 89):
        assert answers[0][1].items(number) == answers[1][1].items(number)
    # Each names its own search.
    told = [[re.sub("[0-9a-f-]{36}", "", message) for (message,) in each[1].items(60)] for each in answers]
    assert told[0] == told[1]
    refused = [post(content) for content in (b"<a/>", in_xml(file("CAR", text(f9="31/2026"), generated(0), f4="NONE")))]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [(422, "malformed_transaction")] * 2


def test_malformed_fields_are_reported_in_problem_details(post: Post) -> None:
    answer = post(file("CAR", text(f9="31/2026"), generated(0), f5="soon"))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    body = answer.json()
    assert body["code"] == "malformed_transaction"
    assert [(error["record"], error["field"], error["found"], bool(error["expected"])) for error in body["errors"]] == [
        (1, "1.005", "soon", True),
        (2, "2.018", "", True),
    ]
    for content in (b"", b"<a/>", b"\x89PNG", b"1.001:9"):
        answer = post(content)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed_transaction")


def test_a_transaction_that_cannot_be_carried_out_is_answered_by_a_file(post: Post) -> None:
    latent = record(9, {2: "01", 3: "4", 4: "U", 128: "500", 129: "500", 130: "1", 131: "500", 134: "0", 137: ""})
    answer = post(file("LFFS", text(f9="32/2026"), latent))
    assert (answer.status_code, answer.headers["x-transaction-type"]) == (200, "ERRT")
    assert itl.parse(answer.content)[1].text(60).startswith("too_few_minutiae")
