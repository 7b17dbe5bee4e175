"""Many clients at once are answered without an error, and nobody's change is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from account_examples import OPERATOR, token_of
from busy_station import Tally, worked
from server import running
from store_invariants import Answers, Checker

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.records.store import RecordStore

ROLES = frozenset({Role.STATION_OFFICER, Role.EXAMINER, Role.SUPERVISOR, Role.RECORDS_CLERK})

# They have tests of their own; here everybody is served, however long it takes.
NO_LIMITS = {
    "REQUESTS_PER_MINUTE": "100000",
    "WORK_WAITING": "1000",
    "CLIENT_WORK": "1000",
    "WORK_WAIT_SECONDS": "100",
}


def keys_of(settings: Settings, number: int) -> list[str]:
    """Make so many accounts, each with an API key."""
    with open_store(settings).as_system("a test") as store:
        accounts = accounts_of(settings, store)
        for login in (f"client{item}" for item in range(number)):
            accounts.add_user(OPERATOR, NewUser(login, login, ROLES, Unit("27")))
        return [token_of(accounts, f"client{item}") for item in range(number)]


def check_nothing_is_lost(store: RecordStore, tally: Tally, shared: Sequence[str], images: Path) -> None:
    """Every change that was answered has its version, and every part of a case was one person's."""
    for record_id in shared:
        record = store.people.get(record_id)
        changes = tally.corrected[record_id] + tally.visits[record_id]
        assert (record.version, len(record.encounters)) == (1 + changes, 1 + tally.visits[record_id])
    twice = [part for part, count in tally.parts.items() if count > 1]
    assert not twice, f"two people had one part: {twice}"
    assert not [item for item, count in tally.withdrawn.items() if count > 1]
    answers = Answers(
        enrolled=dict.fromkeys(tally.enrolled, 1),
        records=dict(tally.enrolled),
        standing=tally.standing,
        withdrawn=set(tally.withdrawn),
    )
    Checker(store, images).check_all(answers)


def served(database_url: str, folder: Path, clients: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, value in NO_LIMITS.items():
        monkeypatch.setenv(f"PEHCHAN_{limit}", value)
    settings = Settings(data_folder=folder / "data", database_url=database_url, _env_file=None)
    keys = keys_of(settings, clients)
    begun = time.monotonic()
    with running(folder / "data", database_url) as server:
        tally, shared = worked(server.url, keys, seconds)
    request = sum(tally.statuses.values())
    assert not tally.wrong, f"{len(tally.wrong)} of {request}: {tally.wrong[:5]}"
    with open_store(settings).as_system("a test") as store:
        check_nothing_is_lost(store, tally, shared, folder / "data" / "images")
    refused = {kind: count for kind, count in sorted(tally.statuses.items()) if not kind.endswith(("200", "201"))}
    print(  # noqa: T201 - the figures, shown by -s
        f"{clients} clients, {time.monotonic() - begun:.0f} s: {request} requests, {len(tally.enrolled)} enrolments, "
        f"{sum(tally.corrected.values())} corrections, {sum(tally.parts.values())} opinions; refused: {refused}"
    )


def test_a_few_clients_at_once_lose_nothing(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served(database_url, tmp_path, 6, 2, monkeypatch)


@pytest.mark.reach
def test_fifty_clients_for_two_minutes_lose_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(database_url, tmp_path, 50, 120, monkeypatch)
