"""The shortest way through the interfaces of OSIA and MOSIP: a person is enrolled, and found by another print."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from mosip_client import MosipClient, person
from osia_client import client_of, encounter, finger, serving, settings_of
from receiver import receiving

pytestmark = pytest.mark.essential


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    here = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
    with serving(settings_of(tmp_path_factory.mktemp("standards"), "", check_at_once=False, **here)) as opened:
        yield opened


def test_osia_enrols_a_person_and_finds_them(client: TestClient) -> None:
    osia = client_of(client)
    assert osia.post("/persons/P/encounters/E", encounter(finger(0))).status_code == 200
    query = {"filter": {}, "biometricData": [finger(0, impression=1)]}
    assert [candidate["personId"] for candidate in osia.post("/identify/ALL", query).json()] == ["P"]


def test_mosip_inserts_a_person_and_finds_them(client: TestClient) -> None:
    with receiving() as shares:
        mosip = MosipClient(client, shares)
        reference = mosip.insert(person(1))
        assert mosip.identify(referenceURL=mosip.share(person(1, 1))) == [reference]
