"""A station's queue against a hostile server, and against somebody who writes to its folder without the master key."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from api.offline.queue import StationQueue
from api.offline.sender import MOST_ANSWERED, Sender
from api.settings import Settings
from biometrics.kernel.errors import InvalidField, PehchanError, ServerUnavailable
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys

FIELDS = {"record": {"name": "Asha"}, "encounter": {}, "samples": []}
PLACE = {"record_id": str(uuid.uuid4()), "encounter_id": str(uuid.uuid4()), "national_number": "1"}


@pytest.fixture
def queue(tmp_path: Path) -> StationQueue:
    return StationQueue(tmp_path / "queue", MasterKeys.of_file(tmp_path / "master.key"))


@contextmanager
def hostile(lines: Callable[[list[str]], bytes]) -> Iterator[str]:
    """Serve what a function makes of the keys of a batch."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            form = unquote_plus(self.rfile.read(int(self.headers["Content-Length"])).decode())
            keys = [part[:59] for part in form.split('{"key": "')[1:]]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(lines(keys))

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def send(queue: StationQueue, url: str) -> list[str]:
    said: list[str] = []
    settings = Settings(server_url=url, server_key="pehchan_x", _env_file=None)
    Sender(queue, settings, said.append).send(queue.waiting())
    return said


def taken(key: str) -> bytes:
    return json.dumps({"key": key, "status": 201} | PLACE).encode() + b"\n"


@pytest.mark.parametrize(
    "key",
    ["../victim", "/etc/victim", "", "victim", "20261129T000000.000000-7a92222d-99b1-4d6f-8c49-c660b08fec2e", "a\x00b"],
)
def test_a_server_names_no_files_and_answers_only_what_it_was_sent(
    queue: StationQueue, tmp_path: Path, key: str
) -> None:
    victim = tmp_path / "victim.item"
    victim.write_bytes(b"untouched")
    sent = queue.add(FIELDS, [])
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with hostile(lambda _: taken(key)) as url, pytest.raises(ServerUnavailable):
        send(queue, url)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert queue.waiting() == [sent]
    for method in (lambda: queue.finish(key, {"status": 201}), lambda: queue.item(key), lambda: queue.remove(key)):
        with pytest.raises(PehchanError):
            method()
    assert victim.read_bytes() == b"untouched"


@pytest.mark.parametrize(
    "answer",
    [
        lambda keys: b"x" * (MOST_ANSWERED + 1),
        lambda keys: json.dumps({"key": keys[0], "status": 201}).encode(),
        lambda keys: taken(keys[0]) * 2,
    ],
)
def test_an_answer_that_makes_no_sense_loses_no_item(queue: StationQueue, answer: Callable[[list[str]], bytes]) -> None:
    keys = [queue.add(FIELDS, []) for _ in range(2)]
    with hostile(answer) as url, pytest.raises(ServerUnavailable):
        send(queue, url)
    assert keys[1] in queue.waiting()


def test_foreign_files_neither_stop_the_queue_nor_hide_an_item(queue: StationQueue, tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    keys = [queue.add(FIELDS, []) for _ in range(4)]
    other = StationQueue(tmp_path / "other", MasterKeys.of_text(AesMasterKey.new().text))
    foreign = other.add(FIELDS, [])
    other.finish(foreign, {"status": 422})
    (tmp_path / "other" / f"{foreign}.item").rename(folder / f"{foreign}.item")  # of another station
    (folder / "x.item").write_bytes(b"{}\nx")
    (folder / f"{keys[0]}.item").unlink()
    os.mkfifo(folder / f"{keys[0]}.item")
    (folder / f"{keys[1]}.item").unlink()
    (folder / f"{keys[1]}.item").symlink_to("/dev/zero")
    (folder / f".{keys[1]}.item.part").symlink_to("/etc/passwd")
    (folder / f"{keys[2]}.answer").write_bytes((tmp_path / "other" / f"{foreign}.answer").read_bytes())
    (folder / f"{keys[2]}.json").write_text(json.dumps({"key": keys[2], "status": 201}))
    (folder / f"{keys[3]}.answer").write_bytes(b'{"status": 201}')
    queue.sweep()
    assert set(queue.waiting()) == {*keys, foreign}
    with hostile(lambda sent: b"".join(map(taken, sent))) as url:
        said = send(queue, url)
    assert {key for key, answer in queue.answers().items() if answer["status"] == 201} == set(keys[2:])
    assert sum("decryption_failed" in line for line in said) == 2
    assert sum("master_key_missing" in line for line in said) == 1
    assert (folder / "x.item").exists()


def test_the_answer_to_one_item_is_none_to_another(queue: StationQueue, tmp_path: Path) -> None:
    refused, waits = queue.add(FIELDS, []), queue.add(FIELDS, [])
    queue.finish(refused, {"status": 422, "problem": None})
    folder = tmp_path / "queue"
    (folder / f"{waits}.answer").write_bytes((folder / f"{refused}.answer").read_bytes())
    assert queue.waiting() == [waits]
    assert b"422" not in (folder / f"{refused}.answer").read_bytes()
    with pytest.raises(InvalidField):
        queue.remove("../queue/" + waits)
