"""The cases of MOSIP's ABIS testing kit (docs/testcases.md of mosip/abis-testing-kit), over HTTP and over a queue."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from account_examples import OPERATOR
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mosip_client import MosipClient, document, face, finger, person, refused
from mosip_queue import QueueClient, listening, machine
from osia_client import databases, serving, settings_of
from receiver import Receiver, receiving, status
from stomp_broker import BrokerProcess, Peer

pytestmark = pytest.mark.when_changed("api.standards.mosip")

HERE: dict[str, Any] = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
CONFIGURED = {"maxResults": "10", "targetFPIR": "30"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "queue"])
def mosip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MosipClient]:
    """A client over HTTP on each database, and one over a message queue, as the kit is."""
    folder = tmp_path_factory.mktemp("mosip")
    kind = "sqlite" if request.param == "queue" else request.param
    url = contextmanager(databases)(folder, kind, lambda: request.getfixturevalue("postgresql_server"))
    with (
        url as database_url,
        serving(settings_of(folder, database_url, check_at_once=False, **HERE)) as opened,
        receiving() as shares,
    ):
        shares.answers = [status(404)]
        if request.param == "queue":
            with queued(opened, shares) as client:
                yield client
        else:
            yield MosipClient(opened, shares)


@contextmanager
def queued(opened: TestClient, shares: Receiver) -> Iterator[MosipClient]:
    app, broker = cast(FastAPI, opened.app), BrokerProcess()
    app.state.services.accounts.add_user(OPERATOR, machine("regproc"))
    peer = Peer(broker)
    try:
        with listening(app, broker):
            yield QueueClient(opened, shares, peer)
    finally:
        peer.close()
        broker.stop()


@pytest.fixture(scope="module")
def trio(mosip: MosipClient) -> list[str]:
    """A person and two duplicates, the first of which is the same capture."""
    data = [document(finger(7), finger(7, "left_index"), face(1)) for _ in range(2)] + [person(7, 1)]
    return [mosip.insert(item) for item in data]


def test_1_a_record_is_inserted(mosip: MosipClient) -> None:
    answer = mosip.ask("insert", referenceId=str(uuid.uuid4()), referenceURL=mosip.share(person(1)))
    assert set(answer) == {"id", "requestId", "responsetime", "returnValue"}
    assert answer["returnValue"] == "1"


def test_2_a_reference_without_biometric_data_fails_with_7(mosip: MosipClient) -> None:
    refused(mosip.ask("insert", referenceId="unknown", referenceURL=f"{mosip.shares.url}/unknown"), 7)


def test_3_an_insert_without_a_reference_fails_with_7(mosip: MosipClient) -> None:
    refused(mosip.ask("insert", referenceId=None, referenceURL=f"{mosip.shares.url}/null"), 7)


def test_4_somebody_who_is_there_once_has_no_candidate(mosip: MosipClient) -> None:
    reference = mosip.insert(person(4))
    assert mosip.identify(referenceId=reference, referenceURL="", flags=CONFIGURED, gallery=None) == []


def test_5_a_duplicate_is_found(mosip: MosipClient) -> None:
    first = mosip.insert(person(5))
    second = mosip.insert(person(5, 1))
    answer = mosip.ask("identify", referenceId=second, referenceURL="", flags=CONFIGURED)
    (result,) = answer["candidateList"]["candidates"]
    assert (answer["candidateList"]["count"], result["referenceId"]) == ("1", first)
    assert float(result["analytics"]["internalScore"]) > 0
    assert result["analytics"]["evidence"].startswith("beyond 1 in ")  # that is above any threshold, as far as is known


def test_6_only_members_of_the_gallery_are_found(mosip: MosipClient, trio: list[str]) -> None:
    gallery = {"referenceIds": [{"referenceId": trio[0]}]}
    answer = mosip.ask("identify", referenceId=trio[2], flags=CONFIGURED, gallery=gallery)
    (result,) = answer["candidateList"]["candidates"]
    assert result["referenceId"] == trio[0]
    assert float(result["analytics"]["internalScore"]) > 0
    assert result["analytics"]["evidence"].startswith("beyond 1 in ")  # that is above any threshold, as far as is known
    assert sorted(mosip.identify(referenceId=trio[2], flags=CONFIGURED)) == sorted(trio[:2])


def test_7_with_one_result_the_most_similar_is_found(mosip: MosipClient, trio: list[str]) -> None:
    answer = mosip.ask("identify", referenceId=trio[1], flags={"maxResults": "1", "targetFPIR": "30"})
    (result,) = answer["candidateList"]["candidates"]
    assert result["referenceId"] == trio[0]
    assert float(result["analytics"]["internalScore"]) > 0
    assert result["analytics"]["evidence"].startswith("beyond 1 in ")  # that is above any threshold, as far as is known


def test_8_an_identify_without_a_reference_fails_with_5(mosip: MosipClient) -> None:
    refused(mosip.ask("identify", referenceId=None, referenceURL=None, flags=CONFIGURED), 5)


def test_9_by_an_address_alone_people_are_found_too(mosip: MosipClient, trio: list[str]) -> None:
    result = mosip.identify(referenceId=None, referenceURL=mosip.share(person(7, 1)), flags=CONFIGURED)
    assert set(result) == set(trio)


def test_10_a_reference_that_is_there_is_searched_for_without_its_address(mosip: MosipClient, trio: list[str]) -> None:
    request = len(mosip.shares.received)
    result = mosip.identify(referenceId=trio[2], referenceURL=f"{mosip.shares.url}/wrong", flags=CONFIGURED)
    assert set(result) == set(trio[:2])
    assert len(mosip.shares.received) == request


def test_11_what_was_deleted_is_not_there(mosip: MosipClient) -> None:
    reference = mosip.insert(person(11))
    assert mosip.ask("delete", referenceId=reference)["returnValue"] == "1"
    refused(mosip.ask("identify", referenceId=reference, flags=CONFIGURED), 12)


def test_12_what_is_not_there_cannot_be_deleted(mosip: MosipClient) -> None:
    refused(mosip.ask("delete", referenceId=str(uuid.uuid4())), 12)


def test_13_a_ping_is_answered(mosip: MosipClient) -> None:
    assert mosip.ask("ping")["returnValue"] == "1"
