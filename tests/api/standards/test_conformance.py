"""`pehchan conform`: our own service and files, asked what the standards want."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from inputs import Run, print_of
from mosip_client import MosipClient, person
from osia_client import OsiaClient, client_of, serving, settings_of
from receiver import receiving

from api.standards.conformance import Prints, Step, StepResult, mosip, osia
from api.standards.conformance import run as ask

pytestmark = pytest.mark.essential


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    here = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
    with serving(settings_of(tmp_path_factory.mktemp("conform"), "", check_at_once=False, **here)) as opened:
        yield opened


def deviations(client: OsiaClient | MosipClient, prefix: str, steps: tuple[Step, ...]) -> list[StepResult]:
    client.client.headers.update(client.headers)
    client.client.base_url = client.client.base_url.join(prefix)
    try:
        outcomes = ask(client.client, steps, {"transactionId": "T-1"} if prefix == "/osia" else {})  # type: ignore[arg-type]
    finally:
        client.client.base_url = client.client.base_url.join("/")
    assert len(outcomes) == len(steps)
    return [outcome for outcome in outcomes if not outcome.passed]


def test_our_interface_of_osia_does_what_the_document_asks(client: TestClient) -> None:
    prints = Prints(print_of(0, "right_index", 0), print_of(0, "right_index", 1), print_of(1, "right_index", 0))
    assert deviations(client_of(client), "/osia", osia(prints)) == []
    exchanged = Prints(print_of(0, "right_index", 0), print_of(1, "right_index", 0), print_of(0, "right_index", 1))
    found = deviations(client_of(client), "/osia", osia(exchanged))
    assert [outcome.name for outcome in found] == ["identify", "verifyFromId", "verifyFromBio"], "of another finger"


def test_our_interface_of_mosip_does_what_the_document_asks(client: TestClient) -> None:
    with receiving() as shares:
        own = MosipClient(client, shares)
        steps = mosip(own.share(person(2)), own.share(person(2, 1)))
        assert deviations(own, "/mosip", steps) == []


def test_files_are_reported_one_by_one(run: Run, shared_data: Path) -> None:
    folder = shared_data / "standards/biocts"
    good, bad = folder / "pass/AN2011_pass-type-17-iris.an2", folder / "fail/AN2011_fail-type-17-L2.an2"
    assert run("conform", "itl", good)[0] == 0
    code, shown, _ = run("conform", "itl", good, bad)
    assert (code, shown.splitlines()[-1]) == (3, "1 of 2 files conform.")
    results = json.loads(run("conform", "itl", good, bad, "--json")[1])
    assert [result["conforms"] for result in results] == [True, False]
