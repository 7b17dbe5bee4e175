"""OSIA's own description of its interface asks a real server whatever it allows; the server answers as it says.

The description is read from beside the checkout, where it is; this project holds no copy. Its companion on security
says that every operation may also answer 401, which the published file leaves out: here it is put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import serving
import yaml
from osia_client import encounter, finger, key_of, portrait, settings_of
from serving import served

from api.app import create_app

pytestmark = pytest.mark.reach

IDS = ("0", "P-1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server on a port of its own, with some people; yields its address and a key."""
    limits = {"client_requests": 1000, "client_work": 1000, "work_waiting": 1000}
    folder = tmp_path_factory.mktemp("osia")
    app = create_app(settings_of(folder, "", osia_hosts=frozenset({"client.com"}), task_workers=0, **limits))
    with served(app) as root:
        url, key = f"{root}/osia", key_of(app.state.services.accounts)
        for person in IDS:
            sent = encounter(finger(1), portrait(0), galleries=["0", "VIP"])
            answer = httpx.post(
                f"{url}/v1/persons/{person}/encounters/0",
                params={"transactionId": "T"},
                json=sent,
                headers={"Authorization": f"Bearer {key}"},
                timeout=300,
            )
            assert answer.status_code == 200, answer.text
        yield url, key


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


def run_schemathesis(server: tuple[str, str], description: object, folder: Path, *options: str) -> tuple[int, str]:
    """Return the exit code and the report of a run against a server."""
    url, key = server
    return serving.run_schemathesis(str(description), url, folder, "-H", f"Authorization: Bearer {key}", *options)


def test_the_published_description_finds_no_fault_however_long_it_asks(
    server: tuple[str, str], description: Path, tmp_path: Path
) -> None:
    """No 5xx, no undocumented status, no answer of another shape, nothing wrong that is taken, in all phases."""
    code, report = run_schemathesis(server, description, tmp_path, "-n", "30", "--seed", "2")
    assert code == 0, report[-6000:]


def test_our_own_description_finds_no_fault(server: tuple[str, str], tmp_path: Path) -> None:
    """What /osia/openapi.json says is what the server does."""
    code, report = run_schemathesis(server, f"{server[0]}/openapi.json", tmp_path, "-n", "10", "--seed", "3")
    assert code == 0, report[-6000:]
