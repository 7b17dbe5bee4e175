"""OSIA's own description of its interface asks a real server whatever it allows; the server answers as it says.

The description is read from beside the checkout, where it is; this project holds no copy. Its companion on security
says that every operation may also answer 401, which the published file leaves out: here it is put in.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
import yaml
from osia_client import encounter, finger, key_of, portrait, settings_of

from api.app import create_app

# It takes amiss that what a schema cannot say, such as that an image is one, is refused with 400.
NOT_ASKED = "positive_data_acceptance"
IDS = ("0", "P-1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server on a port of its own, with some people; yields its address and a key."""
    limits = {"client_requests": 1000, "client_work": 1000, "work_waiting": 1000}
    folder = tmp_path_factory.mktemp("osia")
    app = create_app(settings_of(folder, "", osia_hosts=frozenset({"client.com"}), osia_workers=0, **limits))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.05)
        assert thread.is_alive()
    url, key = f"http://127.0.0.1:{port}/osia", key_of(app.state.accounts)
    for person in IDS:
        sent = encounter(finger(1), portrait(0), galleries=["0", "VIP"])
        answer = httpx.post(
            f"{url}/v1/persons/{person}/encounters/0",
            params={"transactionId": "T"},
            json=sent,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
    yield url, key
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def description(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published description, with 401 in every operation, in a file that is gone after the test."""
    content = yaml.safe_load((shared_data / "standards" / "osia" / "abis.yaml").read_text(encoding="utf-8"))
    for path in content["paths"].values():
        for operation in path.values():
            operation["responses"]["401"] = {"description": "Not authenticated"}
    file = tmp_path_factory.mktemp("description") / "abis.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def asked(server: tuple[str, str], description: object, folder: Path, *options: str) -> tuple[int, str]:
    """Return the exit code and the report of a run against a server."""
    url, key = server
    program = Path(sys.executable).with_name("schemathesis")
    options = (*options, "--continue-on-failure", "--no-shrink", "--exclude-checks", NOT_ASKED)
    command = [program, "run", str(description), "--url", url, "-H", f"Authorization: Bearer {key}", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_published_description_finds_no_fault(server: tuple[str, str], description: Path, tmp_path: Path) -> None:
    """No 5xx, no undocumented status, no answer of another shape, nothing wrong that is taken, in examples."""
    code, report = asked(server, description, tmp_path, "--phases", "examples,fuzzing", "-n", "3", "--seed", "1")
    assert code == 0, report[-6000:]


@pytest.mark.reach
def test_the_published_description_finds_no_fault_however_long_it_asks(
    server: tuple[str, str], description: Path, tmp_path: Path
) -> None:
    """All phases."""
    code, report = asked(server, description, tmp_path, "-n", "30", "--seed", "2")
    assert code == 0, report[-6000:]


@pytest.mark.reach
def test_our_own_description_finds_no_fault(server: tuple[str, str], tmp_path: Path) -> None:
    """What /osia/openapi.json says is what the server does."""
    code, report = asked(server, f"{server[0]}/openapi.json", tmp_path, "-n", "10", "--seed", "3")
    assert code == 0, report[-6000:]
