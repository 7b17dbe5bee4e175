"""Texts that cannot be stored are refused wherever they come in, and no text at all is a fault of the service's."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from account_examples import PASSWORD
from calling import LAST, V1, Caller
from fastapi.testclient import TestClient
from hostile import HALF, NUL, STRANGE, UNFIT, texts
from inputs import form
from osia_client import databases, settings_of
from sqlalchemy import BigInteger, literal, select, text
from surface import HEADERS, Place, RequestParts, Route

from api.app import create_app
from biometrics.kernel.errors import InvalidField, InvalidText


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def caller(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    folder = tmp_path_factory.mktemp("texts")
    limits = {"client_requests": 1000, "client_work": 1000, "work_waiting": 1000, "sign_ins_per_minute": 1_000_000}
    for url in databases(folder, request.param, lambda: request.getfixturevalue("postgresql_server")):
        settings = settings_of(folder, url, totp_required=False, task_workers=0, **limits)
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            yield Caller(client)


def is_refused_for_its_text(route: Route, answer: Any) -> bool:
    """Whether an answer says in its application's own way that a text cannot be stored."""
    if route.application == "/osia":
        return answer.status_code == 400 and "invalid_text" in answer.json()["message"]
    if route.application == "/mosip" and answer.status_code == 200:
        return bool(answer.json()["returnValue"] == "2")
    if route.application == "/app":
        return bool(answer.status_code == 422)
    if route.path.endswith("/batches") and answer.status_code == 200:
        return all(json.loads(line)["problem"]["code"] == "invalid_text" for line in answer.text.splitlines())
    if route.path.endswith("/batches") and answer.json()["code"] == "invalid_field":
        return True  # half a character is no JSON, for what reads the items
    return answer.status_code == 422 and answer.json()["code"] == "invalid_text"


def is_lost_on_the_way(place: Place, text: str) -> bool:
    """Whether the text cannot arrive: in UTF-8, as addresses and headers are read, there is no half a character."""
    return place.kind in ("path", "query", "header") and any("\ud800" <= each <= "\udfff" for each in text)


@pytest.mark.both_databases
def test_a_text_that_cannot_be_stored_is_refused_in_each_field_of_each_route(caller: Caller) -> None:
    chosen = random.Random(1)
    tried: Counter[str] = Counter()
    for route in caller.routes:
        request = caller.proper(route)
        for place in route.places(request):
            text = chosen.choice(UNFIT)
            if is_lost_on_the_way(place, text):
                text = NUL
            answer = caller.send(route, route.changed(request, place, text))
            if place != Place("header", "Authorization"):
                assert is_refused_for_its_text(route, answer), (str(route), str(place), text, answer.text[:500])
            tried[place.kind] += 1
    assert all(tried[kind] > 30 for kind in ("path", "query", "header", "form", "file", "json")), tried


@pytest.mark.slow
def test_no_text_is_a_fault_of_the_service(caller: Caller) -> None:
    """Two of the strange ones for each field; `-m reach` sends all of them."""
    strange_ones_answered(caller, 1, 1)


@pytest.mark.reach
def test_none_of_many_texts_is_a_fault_of_the_service(caller: Caller) -> None:
    strange_ones_answered(caller, 2, len(STRANGE))


def strange_ones_answered(caller: Caller, seed: int, count: int) -> None:
    chosen = texts(seed)
    for route in caller.routes:
        if str(route) in LAST:
            continue
        request = caller.proper(route)
        for place in route.places(request):
            if place.kind == "header" and place.name in HEADERS and str(route) != "GET /api/v1/me":
                continue  # read by the same code for all routes
            for _ in range(count):
                caller.send(route, route.changed(request, place, next(chosen)))


@pytest.mark.parametrize("prefer", ["", "respond-async"])
@pytest.mark.parametrize("text", [NUL, HALF])
def test_a_form_in_another_charset_is_refused_for_what_it_says(caller: Caller, prefer: str, text: str) -> None:
    route = next(route for route in caller.routes if str(route) == "POST /api/v1/identify")
    fields = (("purpose", "investigation"), ("case_number", "0123/2026"), ("reason", text))
    request = RequestParts("POST", f"{V1}/identify", headers={"Prefer": prefer} if prefer else {}, form=fields)
    answer = caller.send(route, request)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_text"), answer.text


def test_the_form_of_an_unauthenticated_request_is_not_parsed(caller: Caller) -> None:
    """Where a route needs an account, a form is refused for want of one, whatever is in it."""
    tried = 0
    for route in caller.routes:
        if route.application == "" and route.takes_form and route.path.startswith(V1):
            fields = tuple((name, NUL) for name in route.names("form") or route.names("file"))
            sent = replace(caller.proper(route), form=fields).sent("")
            del sent["headers"]["Authorization"]
            answer = caller.client.request(**sent)
            assert answer.status_code == 401, (str(route), answer.text)
            tried += 1
    assert tried > 10


@pytest.mark.both_databases
def test_nul_before_anybody_is_recognised_is_refused(caller: Caller) -> None:
    entered = {"login": NUL, "password": PASSWORD}
    assert caller.client.post(f"{V1}/tokens", json=entered).json()["code"] == "invalid_text"
    for credential in (f"Bearer {NUL}", "Bearer pehchan_0a1b2c3d\0", f"Basic {NUL}"):
        answer = caller.client.get(f"{V1}/me", headers={"Authorization": credential.encode()})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_text")
    big = {"photo": bytes(200_000)}  # so much of a stranger is not read before the header is looked at
    answer = caller.client.post(f"{V1}/identify", files=big, headers={"Authorization": b"Bearer pehchan_0\0"})
    assert 400 <= answer.status_code < 500


def test_a_batch_answers_each_item_whatever_is_wrong_with_one(caller: Caller) -> None:
    good = json.loads(form()["encounter"])
    items = [
        {"key": f"k{number}", "record": {"name": name}, "encounter": good, "samples": []}
        for number, name in enumerate(("Asha Verma", "Mohan\x07 Lal", "Ravi Kumar"))
    ]
    items[2] |= {"recrod": {"deep": [1]}}
    items.append(items[0] | {"key": "k3"})
    answer = caller.client.post(
        f"{V1}/batches", data={"items": json.dumps(items)}, headers={"Authorization": caller.key}
    )
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.status_code == 200, answer.text
    codes = [line["problem"]["code"] for line in lines]
    assert codes == ["no_samples", "invalid_text", "unknown_field", "no_samples"]
    assert "did you mean record?" in lines[2]["problem"]["detail"]


@pytest.mark.both_databases
def test_the_database_refuses_values_that_it_cannot_hold(caller: Caller) -> None:
    """Below all interfaces: also where a value came by none of them."""
    database = caller.app.state.services.engine.store.database
    for value in (NUL, HALF, 2**63, -(10**30)):
        refused = InvalidText if isinstance(value, str) else InvalidField
        with pytest.raises(refused), database.reading() as connection:
            connection.execute(select(literal(value, BigInteger() if refused is InvalidField else None)))
        with pytest.raises(refused), database.writing() as connection:
            connection.execute(text("SELECT :a"), [{"a": "first"}, {"a": value}])
    with database.reading() as connection:
        assert connection.execute(select(literal("Asha\x01"))).scalar_one() == "Asha\x01"
