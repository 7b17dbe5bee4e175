"""Thousands of mutated CBEFF documents, fetched and inserted by a real server: each is answered, and nothing grows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from account_examples import OPERATOR
from cbeff_mutations import mutated
from mosip_client import bir, document, face, finger, finger_record, message
from receiver import content, receiving
from server import running

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.settings import Settings
from api.standards.mosip.app import path_of
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import Role, Unit

DOCUMENTS, SEED, WARM = 3_000, 20_261_125, 300
GROWTH = 500_000  # kB of memory, after the first ones: caches fill
REFUSALS = {"11", "16", "18"}


def key_of(folder: Path) -> str:
    """Return the key of a new machine client."""
    settings = Settings(data_folder=folder, _env_file=None)
    with open_store(settings).as_system("a test") as store:
        accounts = accounts_of(settings, store)
        accounts.add_user(OPERATOR, NewUser("mosip", "MOSIP", frozenset({Role.ABIS_INTEGRATION}), Unit()))
        return accounts.add_key(OPERATOR, "mosip", NewApiKey("test", timedelta(hours=10)))[1]


@pytest.mark.reach
def test_mutated_documents_are_answered_and_nothing_grows(tmp_path: Path) -> None:
    """No crash, no 500, no hang, memory bounded."""
    raw = finger_record(bytes(64 * 64), 0, 0, (64, 64))
    original = document(finger(0), face(0), bir("Finger", "Left Thumb", raw), bir("Iris", "Right", b"IIR\0"))
    folder = tmp_path / "data"
    headers = {"Authorization": f"Bearer {key_of(folder)}"}
    limits = {"mosip_hosts": "127.0.0.1", "mosip_networks": "127.0.0.0/8", "check_at_once": "false"}
    with (
        receiving() as shares,
        running(folder, **limits) as server,
        httpx.Client(base_url=f"{server.root}/mosip", headers=headers, timeout=60) as client,
    ):
        outcomes: dict[str, int] = {}
        warm = 0
        for number, text in enumerate(mutated(original, SEED, DOCUMENTS)):
            shares.paths["/x"] = content(text)
            shares.received.clear()
            reference = str(uuid.uuid4())
            sent = message("insert", referenceId=reference, referenceURL=f"{shares.url}/x")
            answer = client.post(path_of("mosip.abis.insert"), json=sent)
            assert answer.status_code == 200, (number, answer.text)
            body = answer.json()
            outcome = body.get("failureReason", "inserted")
            assert outcome in {"inserted", *REFUSALS}, (number, body)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            if outcome == "inserted":
                removed = client.post(path_of("mosip.abis.delete"), json=message("delete", referenceId=reference))
                assert removed.json()["returnValue"] == "1", (number, removed.text)
            if number == WARM:
                warm = server.memory()
        counted = client.post(path_of("mosip.abis.referenceCount"), json=message("referenceCount"))
        grown = server.memory() - warm
    print(f"{DOCUMENTS:,} documents: {outcomes}; memory {warm:,} kB after {WARM}, {grown:+,} kB at the end")  # noqa: T201
    assert counted.json()["count"] == "0"
    assert {"inserted", "16"} <= outcomes.keys()
    assert grown < GROWTH
