"""What /mosip/openapi.json says is what the server does, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from osia_client import key_of, settings_of
from serving import EXCLUDED_CHECKS, run_schemathesis, served

from api.app import create_app

pytestmark = pytest.mark.reach

# A message that is wrong is answered by a message, with the status 200: MOSIP's own way.
WRONG = f"{EXCLUDED_CHECKS},negative_data_rejection"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server that calls no other; yields the interface's address and a key."""
    limits = {"client_requests": 1000, "client_work": 1000, "work_waiting": 1000}
    app = create_app(settings_of(tmp_path_factory.mktemp("mosip"), "", **limits))
    with served(app) as root:
        yield f"{root}/mosip", key_of(app.state.services.accounts)


def report_of(server: tuple[str, str], folder: Path, *options: str) -> tuple[int, str]:
    url, key = server
    header = f"Authorization: Bearer {key}"
    return run_schemathesis(f"{url}/openapi.json", url, folder, "-H", header, *options, excluded_checks=WRONG)


def test_its_description_finds_no_fault_however_long_it_asks(server: tuple[str, str], tmp_path: Path) -> None:
    """No 5xx, no undocumented status, no answer of another shape, in all phases."""
    code, report = report_of(server, tmp_path, "-n", "200", "--seed", "2")
    assert code == 0, report[-6000:]
