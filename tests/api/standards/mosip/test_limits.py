"""The limits of an account hold over MOSIP's interface, too: nothing is searched or stored, and the answer says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from mosip_client import MosipClient, person, refused
from officers import store_of
from osia_client import serving, settings_of
from receiver import Receiver, receiving

from api.standards.mosip.reasons import Reason
from biometrics.access import guess_limit as guesses

pytestmark = pytest.mark.when_changed("api.standards.mosip")

HERE, ELSEWHERE = "27/519", "27/520"
ABORTED, EXISTS = int(Reason.ABORTED), int(Reason.REFERENCE_EXISTS)


@pytest.fixture(scope="module")
def shares() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    local = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
    data = tmp_path_factory.mktemp("data")
    with serving(settings_of(data, "", searches_per_hour=2, mosip_station="27/519/27519004", **local)) as opened:
        yield opened


def test_a_search_too_many_is_refused_and_not_stored(client: TestClient, shares: Receiver) -> None:
    here = MosipClient(client, shares, HERE)
    url = here.share(person(0))
    assert [here.identify(referenceURL=url) for _ in range(2)] == [[], []]
    before = store_of(client).counts()
    refused(here.ask("identify", referenceURL=url), ABORTED)
    assert store_of(client).counts() == before
    assert MosipClient(client, shares, HERE).identify(referenceURL=url) == []  # another account


def test_an_insert_too_many_under_ids_of_other_units_is_refused(
    client: TestClient, shares: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also under an id that is free, so that the refusal tells nothing."""
    monkeypatch.setattr(guesses, "MOST", 2)
    MosipClient(client, shares, HERE).insert(person(1), "R-1")
    there = MosipClient(client, shares, ELSEWHERE)
    url, before = there.share(person(2)), store_of(client).counts()
    for _ in range(2):
        refused(there.ask("insert", referenceId="R-1", referenceURL=url), EXISTS)
    for reference in ("R-1", "R-2"):
        refused(there.ask("insert", referenceId=reference, referenceURL=url), ABORTED)
    assert store_of(client).counts() == before
