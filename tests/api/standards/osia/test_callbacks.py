"""OSIA's callbacks: delivered to a real server, whatever that does, and to no other than the allowed ones."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from officers import PATIENCE
from osia_client import OsiaClient, abis_of, client_of, databases, encounter, finger, serving, settings_of
from receiver import Receiver, content, receiving, status

from api.operations import worker
from api.operations.outbound import OutboundClient
from api.standards.osia.calls import Call
from api.standards.osia.operations import carry_out
from biometrics.kernel.access import Act, Actor, Scope
from biometrics.kernel.errors import AddressRefused

pytestmark = pytest.mark.when_changed("api.standards.osia")

QUICK = {"delivery_retry_seconds": 0.1, "delivery_attempts": 3, "osia_timeout_seconds": 4.0, "task_lease_seconds": 5}
HERE = {"osia_hosts": frozenset({"127.0.0.1"}), "osia_networks": frozenset({"127.0.0.0/8"})}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, once on each database; it may call this machine."""
    folder = tmp_path_factory.mktemp("osia")
    url = contextmanager(databases)(folder, request.param, lambda: request.getfixturevalue("postgresql_server"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(worker, "POLL_SECONDS", 0.02)  # so that what is to be tried again is seen soon
        with url as database_url, serving(settings_of(folder, database_url, **QUICK, **HERE)) as opened:
            yield opened


@pytest.fixture(scope="module")
def osia(client: TestClient) -> OsiaClient:
    return client_of(client)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def becomes(osia: OsiaClient, task_id: str, state: str) -> None:
    until = time.monotonic() + PATIENCE
    while (now := osia.get(f"/tasks/{task_id}/status").json()) != state and time.monotonic() < until:
        time.sleep(0.02)
    assert now == state


def accepted(answer: Any) -> str:
    assert answer.status_code == 202, answer.text
    return str(answer.json()["taskId"])


def test_every_kind_of_result_is_delivered(osia: OsiaClient, receiver: Receiver) -> None:
    callback = f"{receiver.url}/here?kept=1"
    task = accepted(osia.post("/persons", encounter(finger(1)), callback=callback, transactionId="T & 7"))
    (first,) = receiver.wait(1)
    assert (first.method, first.path, first.media_type) == ("POST", "/here", "application/json")
    assert first.query == {"kept": "1", "transactionId": "T & 7", "taskId": task}
    ids = json.loads(first.body)
    becomes(osia, task, "COMPLETED")
    path = f"/persons/{ids['personId']}/encounters/{ids['encounterId']}"
    assert osia.get(path).status_code == 200

    body = {"filter": {}, "biometricData": [finger(1, impression=1)]}
    accepted(osia.post("/identify/ALL", body, callback=callback))
    assert [item["personId"] for item in json.loads(receiver.wait(2)[1].body)] == [ids["personId"]]
    accepted(osia.get("/galleries/ALL", callback=callback))
    assert json.loads(receiver.wait(3)[2].body) == [{name: ids[name] for name in ("personId", "encounterId")}]
    accepted(osia.delete(path, callback=callback))
    assert json.loads(receiver.wait(4)[3].body) == "OK"
    accepted(osia.get(path, callback=callback))
    last = receiver.wait(5)[4]
    assert last.media_type == "application/error+json"
    assert json.loads(last.body)["code"] == 404


def test_a_receiver_that_is_down_is_given_up_and_tried_when_somebody_asks(osia: OsiaClient) -> None:
    with receiving() as gone:
        port = gone.port
    task = accepted(osia.get("/galleries", callback=f"http://127.0.0.1:{port}/"))
    becomes(osia, task, "RESPONSE_ERROR")
    with receiving(port) as back:
        assert osia.post(f"/tasks/{task}/redeliver").status_code == 204
        becomes(osia, task, "COMPLETED")
        assert len(back.received) == 1
        assert osia.post(f"/tasks/{task}/redeliver").status_code == 204
        back.wait(2)
    assert osia.get("/tasks/unknown/status").status_code == 404
    assert osia.post("/tasks/unknown/redeliver").status_code == 404


def test_a_redirect_is_not_followed(osia: OsiaClient, receiver: Receiver) -> None:
    """Who may be called does not decide who else is."""
    with receiving() as other:
        receiver.answers = [status(307, Location=other.url)]
        task = accepted(osia.get("/galleries", callback=receiver.url))
        becomes(osia, task, "RESPONSE_ERROR")
        assert other.received == []


@pytest.mark.parametrize(
    "callback",
    [
        "http://other.example/",
        "ftp://127.0.0.1/",
        "http://user:x@127.0.0.1/",
        "127.0.0.1",
        "http://127.0.0.1:x/",
        "",
        "http://[::1]/",
    ],
)
def test_a_callback_that_is_not_allowed_is_refused_at_once(callback: str, osia: OsiaClient) -> None:
    answer = osia.post("/persons/NO/encounters/NO", encounter(), callback=callback)
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"].startswith("address_refused: ")
    assert osia.get("/persons/NO/encounters").status_code == 404


def test_an_image_is_fetched_from_an_allowed_host_alone(osia: OsiaClient, receiver: Receiver) -> None:
    image = print_of(2, "right_thumb", 0)
    receiver.paths = {"/image": content(image), "/moved": status(302, Location="/image"), "/gone": status(404)}
    item = {"biometricType": "FINGER", "biometricSubType": "RIGHT_THUMB", "imageRef": f"{receiver.url}/image?id=3"}
    assert osia.post("/persons/REF/encounters/E", encounter(item)).status_code == 200
    (read,) = osia.get("/persons/REF/encounters/E").json()["biometricData"]
    assert read == item | {"image": finger(2)["image"]}
    assert len(receiver.received) == 1
    for wrong in (f"{receiver.url}/moved", f"{receiver.url}/gone", "http://other.example/image"):
        answer = osia.post("/persons/REF/encounters/F", encounter(item | {"imageRef": wrong}))
        assert answer.status_code == 400, answer.text


def test_a_second_run_of_a_task_that_was_done_stores_nothing_more(client: TestClient, osia: OsiaClient) -> None:
    abis = abis_of(cast(FastAPI, client.app))
    acting = abis.for_actor(Act(Actor("robot", "Robot", scopes=frozenset(Scope))))
    values = {"personId": "TWICE", "encounterId": "E"}
    first = carry_out(acting, Call("createEncounter", values, encounter(finger(5)), "T", "task-1"))
    again = carry_out(acting, Call("createEncounter", values, encounter(finger(5)), "T", "task-1", is_retry=True))
    assert (again["personId"], again["encounterId"]) == (first["personId"], first["encounterId"])
    assert len(osia.get("/persons/TWICE/encounters").json()) == 1
    delete = Call("deleteEncounter", values, None, "T", "task-2", is_retry=True)
    assert carry_out(acting, delete) is None
    assert carry_out(acting, delete) is None


def test_a_name_that_leads_to_a_private_address_is_not_called(receiver: Receiver) -> None:
    url = f"http://localhost:{receiver.port}/"
    with pytest.raises(AddressRefused):
        OutboundClient(frozenset({"localhost"})).post(url, b"{}", {})
    for address in ("http://169.254.169.254/", "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"):
        host = address.removeprefix("http://").rstrip("/").strip("[]")
        with pytest.raises(AddressRefused, match="not a public address"):
            OutboundClient(frozenset({host}), seconds=1).get(address, 10)
    assert receiver.received == []
    assert OutboundClient(**_here()).post(f"http://127.0.0.1:{receiver.port}/", b"{}", {}) == 204
    receiver.answers = [content(b"x" * 100)]
    assert OutboundClient(**_here()).get(receiver.url, 100) == b"x" * 100
    with pytest.raises(AddressRefused):
        OutboundClient(**_here()).get(receiver.url, 99)


def _here() -> dict[str, Any]:
    from ipaddress import ip_network

    return {"hosts": frozenset({"127.0.0.1"}), "networks": (ip_network("127.0.0.0/8"),), "seconds": 5.0}
