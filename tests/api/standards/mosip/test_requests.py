"""MOSIP's interface beyond the kit's cases: every failure reason, rights, units, repeats, and what others see of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import blank, form, print_of
from mosip_client import MosipClient, bir, document, face, finger, message, mosip_of, person, refused
from officers import new_key, store_of
from osia_client import client_of, serving, settings_of
from receiver import receiving, status
from removing import remove_record

from api.standards.mosip.operations import OPERATIONS
from biometrics.kernel.access import Act, Actor, Role, Scope
from biometrics.kernel.people.record import RecordQuery
from biometrics.storage.tables.audit import audit_entries

pytestmark = pytest.mark.when_changed("api.standards.mosip")

HERE: dict[str, Any] = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(settings_of(tmp_path_factory.mktemp("mosip"), "", check_at_once=False, **HERE)) as opened:
        yield opened


@pytest.fixture(scope="module")
def mosip(application: TestClient) -> Iterator[MosipClient]:
    with receiving() as shares:
        shares.answers = [status(404)]
        yield MosipClient(application, shares)


@pytest.fixture(autouse=True)
def empty(application: TestClient) -> Iterator[None]:
    """Leave nobody behind for the next test."""
    yield
    for record in store_of(application).people.find(RecordQuery(), 200).items:
        remove_record(store_of(application), record.id)


def entries(client: TestClient) -> list[Any]:
    with store_of(client).database.reading() as connection:
        return list(connection.execute(audit_entries.select().order_by(audit_entries.c.number)))


MALFORMED: dict[str, tuple[str, Any, int]] = {
    "no JSON": ("ping", b"{", 4),
    "deep JSON": ("ping", b"[" * 200_000, 4),
    "more than any message": ("ping", b" " * 10_000_001, 4),
    "a list": ("ping", b"[]", 4),
    "no id": ("ping", message("ping", id=None), 14),
    "another id": ("ping", message("delete", referenceId="x"), 14),
    "an unknown id": ("ping", message("ping", id="mosip.abis.pong"), 14),
    "no version": ("ping", message("ping", version=None), 13),
    "another version": ("ping", message("ping", version="2.0"), 13),
    "no requestId": ("ping", message("ping", requestId=""), 6),
    "a number as requestId": ("ping", message("ping", requestId=7), 4),
    "no requesttime": ("ping", message("ping", requesttime=None), 9),
    "another requesttime": ("ping", message("ping", requesttime="1585465284"), 15),
    "a number as requesttime": ("ping", message("ping", requesttime=1585465284), 15),
    "insert without an address": ("insert", message("insert", referenceId="x"), 8),
    "delete without a reference": ("delete", message("delete"), 5),
    "an odd reference": ("delete", message("delete", referenceId="a\nb"), 4),
    "a reference with a zero": ("delete", message("delete", referenceId="a\0b"), 4),
    "a long reference": ("delete", message("delete", referenceId="x" * 101), 4),
    "a list as reference": ("delete", message("delete", referenceId=["x"]), 4),
    "no flags": ("identify", message("identify", referenceId="x", flags=[1]), 4),
    "no number of results": ("identify", message("identify", referenceId="x", flags={"maxResults": "many"}), 4),
    "no results": ("identify", message("identify", referenceId="x", flags={"maxResults": 0}), 4),
    "a target below 1": ("identify", message("identify", referenceId="x", flags={"targetFPIR": "-30"}), 4),
    "no gallery": ("identify", message("identify", referenceId="x", gallery="all"), 4),
    "a gallery of texts": ("identify", message("identify", referenceId="x", gallery={"referenceIds": ["x"]}), 4),
    "an unknown reference": ("identify", message("identify", referenceId="x"), 12),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_each_fault_of_a_message_has_its_code(mosip: MosipClient, name: str) -> None:
    operation, sent, code = MALFORMED[name]
    answer = mosip.send(operation, sent)
    assert answer.status_code == 200, answer.text
    refused(answer.json(), code)


ADDRESSES = (
    "http://169.254.169.254/latest/meta-data",
    "http://localhost:{port}/x",
    "http://127.0.0.1@192.0.2.1/x",
    "file:///etc/passwd",
    "gopher://127.0.0.1/x",
    "127.0.0.1/x",
    "http://127.0.0.1:{port}/nothing-there",
    "x" * 3000,
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_cannot_or_may_not_be_fetched_fails_with_7(mosip: MosipClient, address: str) -> None:
    address = address.replace("{port}", str(mosip.shares.port))
    before = len(mosip.shares.received)
    refused(mosip.ask("insert", referenceId="x", referenceURL=address), 7)
    refused(mosip.ask("identify", referenceURL=address), 7)
    assert len(mosip.shares.received) - before == (2 if "nothing-there" in address else 0)


def test_a_share_may_say_why_it_gives_nothing(mosip: MosipClient) -> None:
    error = '{"id": null, "errors": [{"errorCode": "%s", "message": "%s"}]}'
    answers = {
        error % ("DAT-SER-006", "Data share usage expired"): 17,
        error % ("DAT-SER-006", "Data share not found"): 7,
        error % ("KER-ATH-401", "Authentication Failed"): 7,
        '{"errors": "none"}': 7,
        "{": 7,
        "": 16,
    }
    for text, code in answers.items():
        refused(mosip.ask("insert", referenceId="x", referenceURL=mosip.share(text.encode())), code)


def test_data_that_show_nobody_are_refused_and_nothing_is_stored(mosip: MosipClient) -> None:
    thumb, blank_thumb = finger(0), bir("Finger", "Left Thumb", blank())
    shares = {
        document(bir("Signature", "", b"x")): 11,
        document(blank_thumb): 18,
        document(bir("Face", "", blank())): 18,
        document(bir("Finger", "Right Thumb", b"\xff\xd8 no JPEG")): 16,
        document(thumb, thumb): 16,
        b"<html/>": 16,
    }
    for share, code in shares.items():
        refused(mosip.ask("insert", referenceId="x", referenceURL=mosip.share(share)), code)
    assert store_of(mosip.client).record_count() == 0
    mosip.insert(document(blank_thumb, thumb), "x")
    (record,) = store_of(mosip.client).people.find(RecordQuery()).items
    assert [sample.position.name for sample in record.encounters[0].samples] == ["RIGHT_THUMB"]


def test_a_reference_is_taken_once(mosip: MosipClient) -> None:
    mosip.insert(person(0), "x")
    refused(mosip.ask("insert", referenceId="x", referenceURL=mosip.share(person(1))), 10)
    assert mosip.ask("referenceCount")["count"] == "1"
    assert mosip.ask("delete", referenceId="x")["returnValue"] == "1"
    mosip.insert(person(1), "x")


def test_a_request_that_arrives_again_is_carried_out_once(mosip: MosipClient) -> None:
    address = mosip.share(person(0))
    sent = message("insert", referenceId="x", referenceURL=address)
    assert mosip.send("insert", sent).json()["returnValue"] == "1"
    mosip.shares.paths[address.removeprefix(mosip.shares.url)] = status(404)
    assert mosip.send("insert", sent | {"requesttime": "2026-04-01T00:00:00Z"}).json()["returnValue"] == "1"
    assert mosip.ask("referenceCount")["count"] == "1"
    refused(mosip.send("insert", sent | {"referenceId": "y"}).json(), 4)

    mosip.insert(person(0), "y")
    request = message("identify", referenceId="x")
    first, second = (mosip.send("identify", request).json()["candidateList"] for _ in range(2))
    assert first == second
    assert first["count"] == "1"

    gone = message("delete", referenceId="x")
    for _ in range(2):
        assert mosip.send("delete", gone).json()["returnValue"] == "1"
    assert mosip.ask("referenceCount")["count"] == "1"
    refused(mosip.ask("delete", referenceId="x"), 12)


def test_a_candidate_has_scores_of_fingers_and_face(mosip: MosipClient) -> None:
    mosip.insert(document(finger(0), face(0)), "x")
    mosip.insert(document(finger(0, impression=1), face(0)), "y")
    response = mosip.ask("identify", referenceId="y", flags={"maxResults": 5, "targetFPIR": 40, "other": "x"})
    (candidate,) = response["candidateList"]["candidates"]
    parts = {part["biometricType"]: float(part["analytics"]["internalScore"]) for part in candidate["modalities"]}
    assert set(parts) == {"FIR", "FID"}
    assert candidate["analytics"]["evidence"].startswith("beyond 1 in ")
    assert float(candidate["analytics"]["confidence"]) > 90
    assert candidate["analytics"]["hint"] == "likely"
    threshold = response["candidateList"]["analytics"]["threshold"]
    assert 0 < float(threshold) < 43.0  # one in 10,000, shared by two people, as far as it may be stated
    assert "thresholdEvidence" not in response["candidateList"]["analytics"]
    assert mosip.identify(referenceId="y", flags={"targetFPIR": "60"}, gallery={"referenceIds": []}) == ["x"]


def test_other_records_are_not_in_the_reference_database(mosip: MosipClient) -> None:
    officer = {"Authorization": new_key(cast(FastAPI, mosip.client.app).state.services.accounts, Role.STATION_OFFICER)}
    files = {"right_thumb": ("a.png", print_of(0, "right_thumb", 0))}
    answer = mosip.client.post("/api/v1/enrolments", data=form(), files=files, headers=officer)
    assert answer.status_code == 201, answer.text
    known = answer.json()
    assert mosip.identify(referenceURL=mosip.share(person(0, 1))) == []
    mosip.insert(person(0, 1), "x")
    assert mosip.ask("referenceCount")["count"] == "1"
    assert mosip.identify(referenceId="x") == []
    for other in (known["id"], known["national_number"], known["encounters"][0]["id"]):
        refused(mosip.ask("delete", referenceId=other), 12)
        refused(mosip.ask("identify", referenceId=other), 12)
    searched = {"purpose": "investigation", "case_number": "1/2026"}
    search = mosip.client.post("/api/v1/identify", data=searched, files=files, headers=officer).json()
    assert len(search["candidates"]) == 2


def test_osias_interface_reads_what_was_inserted(mosip: MosipClient) -> None:
    mosip.insert(document(face(0)), "x")
    read = client_of(mosip.client).get("/persons/x/encounters/x").json()
    assert (read["galleries"], read["encounterType"], read["status"]) == (["MOSIP"], "MOSIP", "ACTIVE")
    assert [biometric["biometricType"] for biometric in read["biometricData"]] == ["FACE"]


def test_references_that_examiners_found_to_be_one_person_stay_two(mosip: MosipClient) -> None:
    for reference, impression in (("x", 0), ("y", 1)):
        mosip.insert(person(0, impression), reference)
    store = store_of(mosip.client)
    first, second = store.people.find(RecordQuery()).items
    store.editor.merge(first.id, first.version, second.id, "one person", second.version)
    assert mosip.identify(referenceId="x") == ["y"]
    assert mosip.identify(referenceId="y", gallery={"referenceIds": [{"referenceId": "x"}]}) == ["x"]
    assert mosip.identify(referenceId="y", gallery={"referenceIds": [{"referenceId": "y"}]}) == []
    assert mosip.ask("delete", referenceId="x")["returnValue"] == "1"
    assert mosip.ask("referenceCount")["count"] == "1"
    assert mosip.identify(referenceURL=mosip.share(person(0))) == ["y"]


def test_a_client_sees_and_changes_what_its_own_unit_keeps(mosip: MosipClient) -> None:
    here, there = (MosipClient(mosip.client, mosip.shares, unit) for unit in ("27", "28"))
    here.insert(person(0), "x")
    refused(there.ask("delete", referenceId="x"), 12)
    refused(there.ask("identify", referenceId="x"), 12)
    refused(there.ask("insert", referenceId="x", referenceURL=there.share(person(1))), 10)
    assert [client.ask("referenceCount")["count"] for client in (here, there, mosip)] == ["1", "0", "1"]
    there.insert(person(0, 1), "y")
    candidates = there.ask("identify", referenceId="y")["candidateList"]
    assert (candidates["count"], candidates["candidates"]) == ("0", [])
    assert candidates["analytics"]["keptByOthers"] == ["unit 27/000/000"]
    assert set(mosip.identify(referenceId="y")) == {"x"}
    refusals = [entry for entry in entries(mosip.client) if entry.action == "access.refuse"]
    assert [entry.subject_id for entry in refusals[-3:]] == ["x", "x", ""]


def test_a_caller_without_the_right_is_refused_by_the_queue_too(mosip: MosipClient) -> None:
    service = mosip_of(cast(FastAPI, mosip.client.app))
    act = Act(Actor("somebody", "Somebody", scopes=frozenset({Scope.TASK_READ})))
    for operation in ("insert", "identify", "delete", "referenceCount"):
        answered = service.answer(act, json.dumps(message(operation, referenceId="x")).encode())
        assert answered.status == 200
        refused(answered.content, 2)
        assert (entries(mosip.client)[-1].action, entries(mosip.client)[-1].actor_id) == ("access.refuse", "somebody")
    assert service.answer(act, json.dumps(message("ping")).encode()).content["returnValue"] == "1"


def test_audit_entries_carry_the_id_of_the_request(mosip: MosipClient) -> None:
    before = len(entries(mosip.client))
    mosip.insert(person(0), "x")
    request_id = str(uuid.uuid4())
    assert mosip.send("identify", message("identify", requestId=request_id, referenceId="x")).status_code == 200
    mosip.ask("delete", referenceId="x")
    done = entries(mosip.client)[before:]
    assert {entry.action for entry in done} >= {"record.enrol", "search.make", "retention.expunge"}
    searched = next(entry for entry in done if entry.action == "search.make")
    assert (searched.request_id, searched.case_number, searched.purpose) == (request_id, request_id, "investigation")


def test_pending_jobs_are_counted(mosip: MosipClient) -> None:
    assert mosip.ask("pendingJobs")["jobscount"] == "0"


def test_a_fault_is_answered_by_a_message_too(mosip: MosipClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads only messages knows of it; HTTP's status says that it may be sent again."""

    def fail(*_: Any) -> Any:
        raise RuntimeError("a disk is full")

    monkeypatch.setitem(OPERATIONS, "mosip.abis.ping", replace(OPERATIONS["mosip.abis.ping"], run=fail))
    answer = mosip.send("ping", message("ping"))
    assert answer.status_code == 500
    refused(answer.json(), 3)
