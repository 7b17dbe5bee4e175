"""A station that was offline gathers, sealed, and sends, though links break and servers die; nobody comes twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from inputs import ENCOUNTER, Run, blank, photo_of
from server import Server, free_port, running

from api.bootstrap.store import open_store
from api.offline.queue import StationQueue
from api.settings import Settings
from biometrics.kernel.errors import DecryptionFailed, MasterKeyMissing
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.technique.clock import today
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys

PEHCHAN = Path(sys.executable).with_name("pehchan")


def person(folder: Path, name: str, photo: bytes, **encounter: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "photo.png").write_bytes(photo)
    described = {"record": {"name": name}, "encounter": ENCOUNTER | encounter}
    (folder / "person.json").write_text(json.dumps(described))
    return folder


def group(tmp_path: Path, people: int, name: str = "Person") -> list[Path]:
    """Write the folders of several people, each of a FIR of their own."""
    return [
        person(tmp_path / f"{name} {number}", f"{name} {number}", photo_of(number % 2), fir_number=f"{number}/2026")
        for number in range(people)
    ]


def listed(run: Run) -> list[dict[str, Any]]:
    code, output, errors = run("queue", "list", "--json")
    assert code == 0, errors
    items: list[dict[str, Any]] = json.loads(output)
    return items


def records(server: Server, name: str) -> list[dict[str, Any]]:
    summaries = server.http.get(f"{server.url}/records", params={"name": name}).json()["records"]
    same = [summary["id"] for summary in summaries if summary["name"] == name]
    return [server.http.get(f"{server.url}/records/{record_id}").json() for record_id in same]


def names(tmp_path: Path, url: str) -> list[str]:
    with open_store(Settings(data_folder=tmp_path / "server", database_url=url, _env_file=None)).as_system(
        "a test"
    ) as store:
        stored = store.people.find(RecordQuery(), 100).items
        assert all(len(record.encounters) == 1 for record in stored)
        return sorted(record.person.name for record in stored)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("shared") / "server") as server:
        yield server


@pytest.fixture
def server(shared_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return the server that this test's station sends to."""
    monkeypatch.setenv("PEHCHAN_SERVER_URL", shared_server.root)
    monkeypatch.setenv("PEHCHAN_SERVER_KEY", shared_server.http.headers["authorization"].removeprefix("Bearer "))
    return shared_server


def test_a_queue_is_sent_and_each_item_has_its_answer(run: Run, tmp_path: Path, server: Server) -> None:
    folders = [*group(tmp_path, 2), person(tmp_path / "blank", "Nobody", blank()), *group(tmp_path, 1, "Late")]
    assert run("queue", "add", *folders[:2])[0] == 0
    code, _, errors = run("queue", "add", folders[2])
    assert (code, errors.split(":")[0]) == (2, "no_face")
    assert run("queue", "add", folders[2], "--unchecked")[0] == 0
    assert run("queue", "add", folders[3])[0] == 0
    assert [answer["state"] for answer in listed(run)] == ["waiting"] * 4
    code, output, errors = run("queue", "send")
    assert (code, output) == (2, "3 taken, 1 not\n"), errors
    answers = listed(run)
    assert [answer["state"] for answer in answers] == ["taken", "taken", "refused", "taken"]
    assert answers[2]["answer"]["problem"]["code"] == "no_face"
    (record,) = records(server, "Late 0")
    assert (record["id"], record["encounters"][0]["date"]) == (answers[3]["answer"]["record_id"], ENCOUNTER["date"])
    assert run("queue", "send")[:2] == (0, "0 taken, 0 not\n")
    assert run("queue", "send", "--refused")[:2] == (2, "0 taken, 1 not\n")
    assert "no_face" in run("queue", "list")[1]
    assert run("queue", "remove", answers[2]["key"], "--taken")[0] == 0
    assert listed(run) == []
    assert run("queue", "remove", "none-of-these")[2].startswith("invalid_field")
    assert [len(records(server, name)) for name in ("Person 0", "Person 1", "Nobody")] == [1, 1, 0]


def test_queued_items_are_encrypted_and_any_change_is_noticed(tmp_path: Path) -> None:
    masters = MasterKeys.of_file(tmp_path / "master.key")
    queue = StationQueue(tmp_path / "queue", masters)
    fields = {"record": {"name": "Asha Verma"}, "samples": [{"file": 0}]}
    key = queue.add(fields, [("a.png", b"a picture")])
    other = queue.add(fields, [("b.png", b"")])
    path = tmp_path / "queue" / f"{key}.item"
    content = path.read_bytes()
    assert b"Asha" not in content
    assert b"picture" not in content
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    again = StationQueue(tmp_path / "queue", MasterKeys.of_file(tmp_path / "master.key")).item(key)
    assert (again.fields["key"], again.fields["record"], again.files) == (
        key,
        fields["record"],
        [("a.png", b"a picture")],
    )
    with pytest.raises(MasterKeyMissing):
        StationQueue(tmp_path / "queue", MasterKeys.of_text(AesMasterKey.new().text)).item(key)
    for at in (0, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises((DecryptionFailed, MasterKeyMissing)):
            queue.item(key)
    path.write_bytes((tmp_path / "queue" / f"{other}.item").read_bytes())
    with pytest.raises(DecryptionFailed):
        queue.item(key)


def test_a_damaged_item_does_not_keep_the_others_waiting(run: Run, tmp_path: Path, server: Server) -> None:
    assert run("queue", "add", *group(tmp_path, 2, "Spared"), "--unchecked")[0] == 0
    damaged = sorted((tmp_path / "data" / "queue").glob("*.item"))[0]
    intact = damaged.read_bytes()
    damaged.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    code, output, errors = run("queue", "send")
    assert (code, output) == (2, "1 taken, 1 not\n")
    assert "decryption_failed" in errors
    assert [len(records(server, name)) for name in ("Spared 0", "Spared 1")] == [0, 1]


def test_a_day_that_a_wrong_clock_takes_for_the_future_is_queued_and_left_to_the_server(
    run: Run, tmp_path: Path
) -> None:
    """A station whose clock fell behind must not lose an arrest, and no clock changes the day that was entered."""
    day = str(today() + timedelta(days=30))
    code, key, errors = run("queue", "add", person(tmp_path / "a", "Asha", photo_of(0), date=day), "--unchecked")
    assert (code, "clock" in errors) == (0, True)
    queue = StationQueue(tmp_path / "data" / "queue", MasterKeys.of_environment())
    assert queue.item(key.strip()).fields["encounter"]["date"] == day


@pytest.mark.parametrize("url", ["", "http://192.0.2.1", "ftp://127.0.0.1"])
def test_a_queue_is_sent_to_a_server_by_tls_or_on_the_same_machine_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("PEHCHAN_SERVER_URL", url)
    monkeypatch.setenv("PEHCHAN_SERVER_KEY", "pehchan_x")
    code, _, errors = run("queue", "send")
    assert (code, errors.split(":")[0]) == (2, "invalid_field")


def test_a_key_that_is_no_good_sends_nothing_and_loses_nothing(
    run: Run, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("queue", "add", *group(tmp_path, 1), "--unchecked")[0] == 0
    monkeypatch.setenv("PEHCHAN_SERVER_KEY", "pehchan_wrong")
    code, _, errors = run("queue", "send")
    assert (code, "unauthenticated" in errors) == (1, True)
    assert [answer["state"] for answer in listed(run)] == ["waiting"]


@pytest.mark.reach
def test_a_queue_survives_the_death_of_both_sides(tmp_path: Path, database_url: str) -> None:
    """Kill -9 of the server in the middle of an upload, then of the sender: each item is on record once, in the end."""
    people = 9
    station = os.environ | {"PEHCHAN_DATA_FOLDER": str(tmp_path / "station")}
    folders = [*group(tmp_path, people), person(tmp_path / "blank", "Nobody", blank())]
    subprocess.run([PEHCHAN, "queue", "add", "--unchecked", *folders], env=station, check=True, capture_output=True)
    port = free_port()
    with running(tmp_path / "server", database_url, port=port) as server:
        station |= {"PEHCHAN_SERVER_URL": server.root}
        station |= {"PEHCHAN_SERVER_KEY": server.http.headers["authorization"].removeprefix("Bearer ")}
        with open_store(Settings(data_folder=tmp_path / "server", database_url=database_url, _env_file=None)).as_system(
            "a test"
        ) as store:
            first = subprocess.Popen([PEHCHAN, "queue", "send"], env=station, stderr=subprocess.DEVNULL)
            wait_for(lambda: store.record_count() >= 2, first)
            server.kill()
            assert first.poll() is None  # it goes on trying
            stored = store.record_count()
            assert 2 <= stored < people
            again = Server(tmp_path / "server", database_url, {}, port)
            try:
                wait_for(lambda: store.record_count() >= stored + 2, first)
                first.send_signal(signal.SIGKILL)
                first.wait()
                last = subprocess.run(
                    [PEHCHAN, "queue", "send"], env=station, capture_output=True, text=True, check=False
                )
                assert last.returncode == 2, last.stderr
            finally:
                again.stop()
    assert names(tmp_path, database_url) == sorted(f"Person {number}" for number in range(people))
    answers = list(StationQueue(tmp_path / "station" / "queue", MasterKeys.of_environment()).answers().values())
    assert sorted(answer["status"] for answer in answers) == [201] * people + [422]
    assert len({answer["record_id"] for answer in answers}) == people + 1


def wait_for(done: Callable[[], bool], process: subprocess.Popen[Any]) -> None:
    while not done():
        assert process.poll() is None
        time.sleep(0.02)
